// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skol {

// Terms and their indices, numbered in order of insertion. A look-up costs one hash of the term and
// on average less than two probes, whatever the number of terms, and allocates nothing. Const
// members may be called from several threads.
class Vocabulary {
 public:
  static constexpr std::uint32_t kNotFound = 0xffffffff;

  // Index of the term, or kNotFound.
  std::uint32_t find(std::string_view term) const;
  // Index of the term, which is added where it is new. Views from term() end here.
  std::uint32_t insert(std::string_view term);

  std::size_t size() const { return offsets_.size() - 1; }
  std::string_view term(std::size_t index) const {
    return {text_.data() + offsets_[index], offsets_[index + 1] - offsets_[index]};
  }
  std::vector<std::string> terms() const;

 private:
  struct Slot {
    std::uint32_t index = kNotFound;
    std::uint32_t tag = 0;  // hash bits that spare most comparisons with another term
  };

  // The slot that holds the term, or the free one where it belongs. Needs a free slot.
  std::size_t find_slot(std::string_view term, std::uint64_t hash) const;
  void grow();

  std::vector<Slot> slots_ = std::vector<Slot>(16);  // a power of two, at most half of them taken
  std::vector<std::size_t> offsets_{0};  // term i is text_[offsets_[i] .. offsets_[i + 1])
  std::string text_;
};

}  // namespace skol
