// SPDX-License-Identifier: Apache-2.0
#include "network/dropout.h"

namespace skol {

void drop_lines(const DropoutOptions& options, std::span<const std::uint8_t> form,
                SparseRows& rows) {
  const CounterRandom random(~options.seed, (std::uint64_t{1} << 63) + options.step);
  const double all = options.line_rate;
  const double words = form.empty() ? all : all + (1 - all) * options.word_rate;
  const double any = form.empty() ? all : words + (1 - words) * options.form_rate;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const double drawn = random.uniform(row);
    if (drawn >= any) continue;
    const bool drops_form = drawn >= words;
    for (std::size_t j = rows.offsets[row]; j < rows.offsets[row + 1]; ++j) {
      if (drawn < all || (form[rows.columns[j]] != 0) == drops_form) rows.values[j] = 0.0f;
    }
  }
}

}  // namespace skol
