// SPDX-License-Identifier: Apache-2.0
#include "model/container.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "model/container_testing.h"
#include "skol/error.h"

namespace skol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Values that the tensors of sample() view.
struct Values {
  std::vector<float> weights;
  std::vector<double> idf = {0.0, 1.5, -2.25, std::numeric_limits<double>::max()};
  std::string terms = "amanita\nboletus";

  Values() {
    for (int i = 0; i < 300; ++i) weights.push_back(0.37F * static_cast<float>(i - 150));
  }
};

Container sample(const Values& values) {
  Container container;
  container.metadata["skol"] = R"({"labels":["Description","Misc-exposition"],"\u00e9":"é"})";
  container.metadata["note"] = std::string("two\nlines, a NUL \0 and \"quotes\"", 30);
  container.tensors.push_back(make_tensor<float>("lstm.0/weights", {10, 30}, values.weights));
  container.tensors.push_back(make_tensor<double>("idf", {4}, values.idf));
  container.tensors.push_back(make_text_tensor("terms", values.terms));
  container.tensors.push_back(make_tensor<float>("none", {0, 7}, {}));
  container.tensors.push_back(
      make_tensor<float>("scalar", {}, std::span(values.weights).first<1>()));
  return container;
}

std::string error_of(std::string_view bytes) {
  try {
    decode_container(bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    return error.what();
  }
  return "";
}

TEST(Container, GivesBackWhatWasEncoded) {
  const Values values;
  const Container before = sample(values);
  const std::string bytes = encode_container(before);
  const Container after = decode_container(bytes);
  EXPECT_EQ(after.metadata, before.metadata);
  ASSERT_THAT(after.tensors, SizeIs(5));
  EXPECT_EQ(copy_tensor<float>(after, "lstm.0/weights", {10, 30}), values.weights);
  EXPECT_EQ(copy_vector<double>(after, "idf"), values.idf);
  EXPECT_EQ(copy_text(after, "terms"), values.terms);
  EXPECT_THAT(copy_tensor<float>(after, "none", {0, 7}), ElementsAre());
  EXPECT_THAT(copy_tensor<float>(after, "scalar", {}), ElementsAre(values.weights[0]));
  EXPECT_EQ(encode_container(after), bytes);
}

TEST(Container, MayHoldNothing) {
  const Container empty = decode_container(encode_container({}));
  EXPECT_TRUE(empty.metadata.empty());
  EXPECT_TRUE(empty.tensors.empty());
}

TEST(Container, HasTheSameBytesWhateverTheOrderOfItsTensors) {
  const Values values;
  Container container = sample(values);
  const std::string bytes = encode_container(container);
  std::swap(container.tensors.front(), container.tensors.back());
  EXPECT_EQ(encode_container(container), bytes);
}

// The layout by the public rules of safetensors, read with a JSON library alone.
TEST(Container, IsReadableByTheRulesOfSafetensors) {
  const Values values;
  const Container container = sample(values);
  const std::string bytes = encode_container(container);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  ASSERT_LE(8 + length, bytes.size());
  EXPECT_EQ((8 + length) % 64, 0U);
  const nlohmann::json header = nlohmann::json::parse(bytes.substr(8, length));
  const std::string data = bytes.substr(8 + length);

  EXPECT_EQ(header["__metadata__"]["format"], "skol");
  EXPECT_EQ(header["__metadata__"]["format_version"], "1");
  EXPECT_EQ(header["__metadata__"]["skol"], container.metadata.at("skol"));
  EXPECT_EQ(header["__metadata__"]["note"], container.metadata.at("note"));
  EXPECT_EQ(header.size(), 1 + container.tensors.size());
  const std::map<DType, std::string> names = {
      {DType::kU8, "U8"}, {DType::kF32, "F32"}, {DType::kF64, "F64"}};
  std::size_t expected_begin = 0;
  for (const auto& [name, entry] : header.items()) {  // by name
    if (name == "__metadata__") continue;
    const Tensor& tensor = find_tensor(container, name);
    EXPECT_EQ(entry["dtype"], names.at(tensor.dtype));
    EXPECT_EQ(entry["shape"], tensor.shape);
    const std::size_t begin = entry["data_offsets"][0];
    const std::size_t end = entry["data_offsets"][1];
    EXPECT_EQ(begin, expected_begin);
    expected_begin = end;
    const std::string_view part = std::string_view(data).substr(begin, end - begin);
    EXPECT_TRUE(std::ranges::equal(std::as_bytes(std::span(part)), tensor.bytes)) << name;
  }
  EXPECT_EQ(expected_begin, data.size());
}

TEST(Container, CarriesItsChecksumAtAFixedPlace) {
  const Values values;
  const std::string bytes = encode_container(sample(values));
  EXPECT_EQ(bytes.substr(8, testing::kStart.size()), testing::kStart);
  std::string other = bytes;
  other.replace(testing::kDigitsAt, 32, testing::kZeros);
  EXPECT_EQ(testing::sealed(other), bytes);
}

TEST(Container, IsReadableByTheSafetensorsPackage) {
  const char* chosen = std::getenv("SKOL_PYTHON");
  const std::string python = chosen ? chosen : "/usr/bin/python3";
  if (std::system((python + " -c 'import safetensors, numpy' >/dev/null 2>&1").c_str()) != 0) {
    GTEST_SKIP() << python << " has no safetensors";
  }
  const Values values;
  std::string path = (std::filesystem::temp_directory_path() / "skol_model_XXXXXX").string();
  const int fd = ::mkstemp(path.data());
  ASSERT_GE(fd, 0);
  ::close(fd);
  std::ofstream(path, std::ios::binary) << encode_container(sample(values));
  const std::string script =
      "from safetensors import safe_open; f = safe_open('" + path +
      "', 'np'); w = f.get_tensor('lstm.0/weights'); "
      "assert f.metadata()['format'] == 'skol' and w.shape == (10, 30) and w[0, 1] == "
      "__import__('numpy').float32(0.37) * __import__('numpy').float32(-149) and "
      "f.get_tensor('terms').tobytes() == b'amanita\\nboletus' and len(f.keys()) == 5";
  EXPECT_EQ(std::system((python + " -c \"" + script + "\"").c_str()), 0);
  std::filesystem::remove(path);
}

TEST(Container, RejectsEverySingleBitFlip) {
  const Values values;
  std::string bytes = encode_container(sample(values));
  std::size_t accepted = 0;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    const char mask = static_cast<char>(1U << bit % 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
    accepted += error_of(bytes).empty() ? 1 : 0;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
  }
  EXPECT_EQ(accepted, 0U);
  EXPECT_EQ(error_of(bytes), "");
  EXPECT_GT(bytes.size(), 1'500U);
}

TEST(Container, RejectsEveryTruncation) {
  const Values values;
  const std::string bytes = encode_container(sample(values));
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // A copy of its own size, so that a sanitizer sees a read beyond it.
    const std::vector<char> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    accepted += error_of({cut.data(), cut.size()}).empty() ? 1 : 0;
  }
  EXPECT_EQ(accepted, 0U);
}

void expect_copy_error(const std::function<void()>& action, const std::string& reason) {
  try {
    action();
    ADD_FAILURE() << "no error: " << reason;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    EXPECT_THAT(error.what(), HasSubstr(reason));
  }
}

TEST(Container, NamesATensorThatIsNotAsExpected) {
  const Values values;
  const Container c = sample(values);
  expect_copy_error([&] { copy_vector<float>(c, "bias"); }, "has no tensor 'bias'");
  expect_copy_error(
      [&] {
        copy_tensor<float>(c, "lstm.0/weights", {30, 10});
      },
      "'lstm.0/weights' is F32 [10,30]; expected F32 [30,10]");
  expect_copy_error([&] { copy_vector<float>(c, "idf"); }, "F64 [4]; expected F32 [length]");
  expect_copy_error([&] { copy_vector<float>(c, "lstm.0/weights"); }, "expected F32 [length]");
  expect_copy_error([&] { copy_text(c, "idf"); }, "expected U8 [length]");
}

TEST(Container, GivesFiniteNumbersOnly) {
  for (const float bad :
       {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
        std::numeric_limits<float>::quiet_NaN()}) {
    std::vector<float> weights(100, 1.0F);
    weights[42] = bad;
    Container container;
    container.tensors.push_back(make_tensor<float>("w", {100}, weights));
    expect_copy_error([&] { copy_vector<float>(container, "w"); }, "at index 42");
  }
}

TEST(Container, VisitsRowsOfFiniteNumbers) {
  std::vector<float> weights(12);
  std::iota(weights.begin(), weights.end(), 0.0F);
  // Bytes that no float may be read from directly.
  std::vector<std::byte> bytes(1 + weights.size() * sizeof(float));
  std::memcpy(bytes.data() + 1, weights.data(), bytes.size() - 1);
  Container container;
  container.tensors.push_back({"w", DType::kF32, {4, 3}, std::span(bytes).subspan(1)});
  std::vector<float> visited;
  const auto visit = [&](std::size_t row, std::span<const float> values) {
    EXPECT_EQ(row, visited.size() / 3);
    visited.insert(visited.end(), values.begin(), values.end());
  };
  for_each_row(container, "w", {4, 3}, visit);
  EXPECT_EQ(visited, weights);
  for (const Shape& other : {Shape{3, 4}, Shape{12}}) {
    expect_copy_error([&] { for_each_row(container, "w", other, visit); }, "is F32 [4,3]");
  }
  for (const float bad :
       {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::quiet_NaN()}) {
    std::memcpy(bytes.data() + 1 + 7 * sizeof(float), &bad, sizeof bad);
    visited.clear();
    expect_copy_error([&] { for_each_row(container, "w", {4, 3}, visit); }, "at index 7");
    EXPECT_EQ(visited.size(), 6u);
  }
}

void expect_encode_error(const Container& container, ErrorKind kind) {
  try {
    encode_container(container);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
  }
}

TEST(Container, WritesNothingItWouldNotRead) {
  const std::vector<float> values(6);
  const auto with = [&](const std::string& name, const Shape& shape) {
    Container container;
    container.tensors.push_back(make_tensor<float>(name, shape, values));
    return container;
  };
  encode_container(with("w", {2, 3}));
  expect_encode_error(with("w", {2, 4}), ErrorKind::kInternal);
  expect_encode_error(with("", {6}), ErrorKind::kInternal);
  expect_encode_error(with("two words", {6}), ErrorKind::kInternal);
  expect_encode_error(with("__metadata__", {6}), ErrorKind::kInternal);
  expect_encode_error(with("w", {1, 1, 1, 1, 1, 1, 1, 1, 6}), ErrorKind::kInternal);
  Container twice = with("w", {6});
  twice.tensors.push_back(twice.tensors[0]);
  expect_encode_error(twice, ErrorKind::kInternal);
  expect_encode_error({{{"checksum", "x"}}, {}}, ErrorKind::kInternal);
  expect_encode_error({{{"note", "\xff"}}, {}}, ErrorKind::kModel);
  expect_encode_error({{{"\xff", "note"}}, {}}, ErrorKind::kModel);
  expect_encode_error({{{"note", std::string(kMaxHeaderBytes, 'x')}}, {}}, ErrorKind::kModel);
  Container many;
  for (std::size_t i = 0; i < kMaxMetadata; ++i) many.metadata[std::to_string(i)] = "";
  expect_encode_error(many, ErrorKind::kModel);
}

TEST(Container, HoldsAsMuchAsItsLimitsSay) {
  Container full;
  for (std::size_t i = 3; i < kMaxMetadata; ++i) full.metadata[std::to_string(i)] = "";
  for (std::size_t i = 0; i < kMaxTensors; ++i) {
    full.tensors.push_back(make_text_tensor(fmt::format("t{}", i), "x"));
  }
  const std::string bytes = encode_container(full);
  const Container after = decode_container(bytes);
  EXPECT_EQ(after.metadata, full.metadata);
  EXPECT_EQ(after.tensors.size(), kMaxTensors);
}

}  // namespace
}  // namespace skol
