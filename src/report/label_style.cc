// SPDX-License-Identifier: Apache-2.0
#include "report/label_style.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace skol {
namespace {

constexpr std::size_t kShortName = 3;

// The bytes of the first `count` code points of well-formed text.
std::size_t bytes_of(std::string_view text, std::size_t count) {
  std::size_t bytes = 0;
  for (; bytes < text.size(); ++bytes) {
    const bool begins = (static_cast<unsigned char>(text[bytes]) & 0xC0U) != 0x80U;
    if (begins && count-- == 0) break;
  }
  return bytes;
}

}  // namespace

// The first label is the most frequent one, what is left over where labels are collapsed: grey.
const char* const kLabelStyle = R"css(
:root {
  --label-0: #6b7785; --label-1: #1f6fb5; --label-2: #c2570c; --label-3: #1a7f37; --label-4: #a3399c;
  --label-5: #b3261e; --label-6: #0e7c86; --label-7: #8a6a00; --label-8: #5b4bc4; --label-9: #b8336a;
  --label-10: #4d7c0f; --label-11: #7a4a2b; --label-12: #0d74a8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --label-0: #93a0ae; --label-1: #6db3f2; --label-2: #ffa45c; --label-3: #5fd47a; --label-4: #e08be0;
    --label-5: #ff8f86; --label-6: #4fd0d9; --label-7: #e8c24a; --label-8: #a99cff; --label-9: #ff8fb8;
    --label-10: #b2d66b; --label-11: #d6a57e; --label-12: #5cc8f5;
  }
}
.label-0 { --label: var(--label-0); } .label-1 { --label: var(--label-1); }
.label-2 { --label: var(--label-2); } .label-3 { --label: var(--label-3); }
.label-4 { --label: var(--label-4); } .label-5 { --label: var(--label-5); }
.label-6 { --label: var(--label-6); } .label-7 { --label: var(--label-7); }
.label-8 { --label: var(--label-8); } .label-9 { --label: var(--label-9); }
.label-10 { --label: var(--label-10); } .label-11 { --label: var(--label-11); }
.label-12 { --label: var(--label-12); }
.tint { background: color-mix(in srgb, var(--label) var(--strength), transparent); }
.swatch { display: inline-block; width: .8em; height: .8em; border-radius: 2px; background: var(--label); }
.short { display: none; }
@media (max-width: 699px) { .long { display: none; } .short { display: inline; } }
)css";

std::string label_class(std::size_t label) {
  return fmt::format("label-{}", label % kLabelColours);
}

std::vector<std::string> short_names(const std::vector<std::string>& labels) {
  std::vector<std::string> names;
  for (const std::string& label : labels) {
    const auto taken = [&](std::string_view start) {
      return std::any_of(labels.begin(), labels.end(), [&](const std::string& other) {
        return other != label && other.starts_with(start);
      });
    };
    std::size_t letters = kShortName;
    while (letters < label.size() &&
           taken(std::string_view(label).substr(0, bytes_of(label, letters)))) {
      ++letters;
    }
    names.push_back(label.substr(0, bytes_of(label, letters)));
  }
  return names;
}

}  // namespace skol
