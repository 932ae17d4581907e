// SPDX-License-Identifier: Apache-2.0
// Files made to harm: each must be refused with its own reason, in time that follows its size.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "model/container.h"
#include "model/container_testing.h"
#include "skol/error.h"

namespace skol {
namespace {

using testing::file_of;
using ::testing::HasSubstr;
using testing::header_of;
using testing::little_endian;
using ::testing::Not;
using testing::sealed;
using testing::tensor_of;

struct Hostile {
  std::string name;
  std::string bytes;
  std::string reason;
};

void expect_refused(const std::vector<Hostile>& files) {
  for (const Hostile& file : files) {
    SCOPED_TRACE(file.name);
    try {
      decode_container(file.bytes);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModel);
      EXPECT_THAT(error.what(), HasSubstr(file.reason));
      EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
      EXPECT_LT(std::string_view(error.what()).size(), 700U);
    }
  }
}

// Eight bytes of data under one good tensor: what the hostile files differ from.
constexpr std::string_view kData = "12345678";

std::string with_tensors(const std::string& tensors) {
  return file_of(header_of("", tensors), kData);
}

std::string with_entry(const std::string& entry) {
  return with_tensors(",\"w\":" + entry);
}

TEST(HostileContainer, IsMeasuredAgainstAGoodOne) {
  const std::string good = with_tensors(tensor_of("w", "F32", "[2]", "[0,8]"));
  EXPECT_EQ(decode_container(good).tensors.size(), 1U);
}

TEST(HostileContainer, ForeignFormatsAreNamed) {
  using namespace std::string_literals;
  const std::string rest(600, '.');
  std::string tar = rest;
  tar.replace(257, 5, "ustar");
  const std::string plain_header = R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  expect_refused({
      {"gzip", "\x1f\x8b\x08\0"s + rest, "a gzip archive"},
      {"tar", tar, "a tar archive"},
      {"zip", "PK\x03\x04"s + rest, "a zip archive"},
      {"empty zip", "PK\x05\x06"s + rest, "zip archive"},
      {"HDF5", "\x89HDF\r\n\x1a\n"s + rest, "an HDF5 file"},
      {"pickle 2", "\x80\x02}q"s + rest, "pickle"},
      {"pickle 5", "\x80\x05\x95"s + rest, "pickle"},
      {"NumPy", "\x93NUMPY\x01"s + rest, "NumPy"},
      {"ELF",
       "\x7f"
       "ELF\x02"s +
           rest,
       "an ELF program"},
      {"bzip2", "BZh9"s + rest, "bzip2"},
      {"xz",
       "\xfd"
       "7zXZ\0"s +
           rest,
       "xz"},
      {"Zstandard", "\x28\xb5\x2f\xfd"s + rest, "Zstandard"},
      {"Parquet", "PAR1"s + rest, "Parquet"},
      {"HTML", " \n<!DOCTYPE html>"s + rest, "HTML"},
      {"upper HTML", "<HTML><body>"s + rest, "HTML"},
      {"XML", "<?xml version='1.0'?>"s + rest, "XML"},
      {"LFS", "version https://git-lfs.github.com/spec/v1\n"s + rest, "Git LFS pointer"},
      {"annotated text", "[@ Amanita #Nomenclature*]\n"s, "annotated text"},
      {"other safetensors", little_endian(plain_header.size()) + plain_header + std::string(kData),
       "a safetensors file, but not as skol writes"},
      {"unknown", "Once upon a time\x1b[2J"s, "it begins with 'Once upon a time'"},
  });
}

TEST(HostileContainer, LengthsAreComparedWithTheBytesPresent) {
  const std::string good = with_tensors(tensor_of("w", "F32", "[2]", "[0,8]"));
  const auto with_length = [&](std::uint64_t length) {
    return sealed(little_endian(length) + good.substr(8));
  };
  const std::uint64_t rest = good.size() - 8;
  std::vector<Hostile> files = {
      {"empty", "", "only 0 bytes"},
      {"one byte", "{", "only 1 bytes"},
      {"seven bytes", "1234567", "only 7 bytes"},
      {"a length alone", little_endian(120), "cut off after 8 bytes"},
      {"cut in the fixed text", good.substr(0, 30), "cut off after 30 bytes"},
      {"cut in the digits", little_endian(40) + good.substr(8, 60), "cut off after 68 bytes"},
      {"length 0", with_length(0), "not valid JSON"},
      {"length 1", with_length(1), "not valid JSON"},
      {"length one short", with_length(rest - 9), "not valid JSON"},
      {"length one long", with_length(rest - 7), "not valid JSON"},
      {"length of the whole file", with_length(rest), "not valid JSON"},
      {"length of one byte more", with_length(rest + 1), "cut off or damaged"},
  };
  for (const int bit : {31, 32, 62, 63}) {
    files.push_back({fmt::format("length 2^{}", bit), with_length(std::uint64_t{1} << bit),
                     "cut off or damaged"});
  }
  files.push_back({"length -1", with_length(~std::uint64_t{0}), "18446744073709551615 bytes"});
  const std::string long_header = header_of("", "") + std::string(kMaxHeaderBytes, ' ');
  files.push_back(
      {"header above the limit", file_of(long_header, ""), "at most 16777216 are read"});
  expect_refused(files);
}

TEST(HostileContainer, VersionIsReadBeforeAnythingElseIsBelieved) {
  const auto version = [](const std::string& text) { return file_of(header_of("", "", text), ""); };
  std::string unsealed = version("3");
  unsealed.replace(testing::kDigitsAt, 4, "beef");
  expect_refused({
      {"next", version("3"), "made by a newer skol (format 3; this one reads 2)"},
      {"far", version("999999999"), "made by a newer skol (format 999999999"},
      {"next, with another checksum", unsealed, "made by a newer skol (format 3"},
      {"next, with unknown JSON", file_of(header_of(",\"x\":[[1.5]]", ",\"y\":null", "3"), "zz"),
       "made by a newer skol (format 3"},
      {"zero", version("0"), "format_version is '0'"},
      {"leading zero", version("01"), "format_version is '01'"},
      {"negative", version("-1"), "format_version is '-1'"},
      {"no number", version("one"), "format_version is 'one'"},
      {"empty", version(""), "format_version is ''"},
      {"too long", version("1111111111"), "expected a number from 1"},
      {"not ended", little_endian(200) + header_of("", "", std::string(200, '1')),
       "expected a number from 1"},
      {"another format",
       file_of(fmt::format(R"({}{}","format":"cake","format_version":"1"}}}})", testing::kStart,
                           testing::kZeros),
               ""),
       "does not go on with"},
  });
}

TEST(HostileContainer, ChecksumIsComparedExactly) {
  const std::string good = with_tensors(tensor_of("w", "F32", "[2]", "[0,8]"));
  const auto with_digits = [&](const std::string& digits) {
    return std::string(good).replace(testing::kDigitsAt, 32, digits);
  };
  std::string upper = good.substr(testing::kDigitsAt, 32);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  ASSERT_NE(upper, good.substr(testing::kDigitsAt, 32));
  expect_refused({
      {"zeros", with_digits(std::string(32, '0')), "checksum is '00000000"},
      {"upper case", with_digits(upper), "checksum is"},
      {"no digits", with_digits(std::string(32, '"')), "checksum is"},
      {"data changed", good.substr(0, good.size() - 1) + "9", "checksum is"},
      {"bytes after the end", good + "x", "checksum is"},
      {"a byte less", good.substr(0, good.size() - 1), "checksum is"},
  });
}

TEST(HostileContainer, HeaderIsJsonOfOneForm) {
  const std::string good = header_of("", tensor_of("w", "F32", "[2]", "[0,8]"));
  const std::string open = good.substr(0, good.size() - 1);
  expect_refused({
      {"not closed", file_of(open, kData), "not valid JSON"},
      {"text after it", file_of(good + "x", kData), "not valid JSON"},
      {"NUL after it", file_of(good + std::string("\0{", 2), kData), "control character"},
      {"second object", file_of(good + good, kData), "not valid JSON"},
      {"line end in it", file_of(good + "\n", kData), "control character"},
      {"comment", file_of(good + "//", kData), "not valid JSON"},
      {"invalid UTF-8", file_of(header_of(",\"n\":\"\xff\"", ""), ""), "not valid JSON"},
      {"overlong UTF-8", file_of(header_of(",\"n\":\"\xc0\xaf\"", ""), ""), "not valid JSON"},
      {"lone surrogate", file_of(header_of(R"(,"n":"\ud800")", ""), ""), "not valid JSON"},
      {"deep arrays", with_tensors(",\"w\":" + std::string(10'000, '[')), "has an array"},
      {"deep objects", with_entry(R"({"dtype":{"dtype":{)"), "has an object"},
      {"number in the metadata", file_of(header_of(",\"n\":1", ""), ""), "has a number"},
      {"null in the metadata", file_of(header_of(",\"n\":null", ""), ""), "has null"},
      {"list in the metadata", file_of(header_of(",\"n\":[]", ""), ""), "has an array"},
      {"object in the metadata", file_of(header_of(",\"n\":{}", ""), ""), "has an object"},
      {"metadata key twice", file_of(header_of(R"(,"n":"1","n":"2")", ""), ""), "'n' twice"},
      {"checksum twice", file_of(header_of(R"(,"checksum":"x")", ""), ""), "'checksum' twice"},
      {"metadata twice", with_tensors(R"(,"__metadata__":{})"), "the key '__metadata__' twice"},
      {"tensor is text", with_entry(R"("x")"), "has a string"},
      {"tensor is true", with_entry("true"), "has true or false"},
  });
}

TEST(HostileContainer, HeaderHasBoundedEntries) {
  std::string keys;
  std::string tensors;
  for (int i = 0; i < 100'000; ++i) {
    keys += fmt::format(R"(,"k{}":"")", i);
    tensors += tensor_of(fmt::format("t{}", i), "U8", "[0]", "[0,0]");
  }
  expect_refused({
      {"100,000 keys", file_of(header_of(keys, ""), ""), "more than 1024 metadata keys"},
      {"100,000 tensors", file_of(header_of("", tensors), ""), "more than 4096 tensors"},
      {"1 MB name", with_tensors(tensor_of(std::string(1'000'000, 'n'), "U8", "[8]", "[0,8]")),
       "tensor name 'nnn"},
      {"1 MB dtype", with_tensors(tensor_of("w", std::string(1'000'000, 'd'), "[8]", "[0,8]")),
       "dtype 'ddd"},
      {"1 MB key", with_entry("{\"" + std::string(1'000'000, 'k') + "\":1}"), "key 'kkk"},
  });
}

TEST(HostileContainer, TensorEntryIsComplete) {
  expect_refused({
      {"empty", with_entry("{}"), "expected a dtype, a shape"},
      {"no dtype", with_entry(R"({"shape":[2],"data_offsets":[0,8]})"), "expected a dtype"},
      {"no shape", with_entry(R"({"dtype":"F32","data_offsets":[0,8]})"), "a shape"},
      {"no offsets", with_entry(R"({"dtype":"F32","shape":[2]})"), "two data_offsets"},
      {"dtype twice", with_entry(R"({"dtype":"F32","dtype":"F32"})"), "once each"},
      {"shape twice", with_entry(R"({"shape":[2],"shape":[2]})"), "once each"},
      {"other key", with_entry(R"({"code":"rm"})"), "key 'code'"},
      {"other dtype", with_tensors(tensor_of("w", "BF16", "[4]", "[0,8]")), "dtype 'BF16'"},
      {"lower dtype", with_tensors(tensor_of("w", "f32", "[2]", "[0,8]")), "dtype 'f32'"},
      {"dtype is a number", with_entry(R"({"dtype":1})"), "has a number"},
      {"shape is a number", with_entry(R"({"shape":2})"), "has a number"},
      {"one offset", with_tensors(tensor_of("w", "F32", "[2]", "[0]")), "two data_offsets"},
      {"three offsets", with_tensors(tensor_of("w", "F32", "[2]", "[0,8,8]")), "third offset"},
      {"nested shape", with_tensors(tensor_of("w", "F32", "[[2]]", "[0,8]")), "has an array"},
      {"text in the shape", with_tensors(tensor_of("w", "F32", "[\"2\"]", "[0,8]")),
       "has a string"},
      {"negative extent", with_tensors(tensor_of("w", "F32", "[-2]", "[0,8]")),
       "a negative number"},
      {"fraction", with_tensors(tensor_of("w", "F32", "[2.0]", "[0,8]")), "not an integer"},
      {"65 bits", with_tensors(tensor_of("w", "F32", "[18446744073709551616]", "[0,8]")),
       "not an integer of 64 bits"},
      {"rank 9", with_tensors(tensor_of("w", "F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]")),
       "more than 8 dimensions"},
      {"empty name", with_tensors(tensor_of("", "F32", "[2]", "[0,8]")), "tensor name ''"},
      {"control in the name", with_tensors(tensor_of("\\u001b[2J", "F32", "[2]", "[0,8]")),
       "tensor name '\\x1b[2J'"},
      {"NUL in the name", with_tensors(tensor_of("w\\u0000", "F32", "[2]", "[0,8]")),
       "tensor name 'w\\x00'"},
  });
}

TEST(HostileContainer, TensorsFillTheDataExactly) {
  const auto pair = [](const std::string& first, const std::string& second) {
    return with_tensors(tensor_of("a", "U8", "[4]", first) + tensor_of("b", "U8", "[4]", second));
  };
  EXPECT_EQ(decode_container(pair("[0,4]", "[4,8]")).tensors.size(), 2U);
  expect_refused({
      {"overlap", pair("[0,4]", "[3,7]"), "'b': bytes 3 to 7; expected them to begin at 4"},
      {"same bytes", pair("[0,4]", "[0,4]"), "expected them to begin at 4"},
      {"hole",
       with_tensors(tensor_of("a", "U8", "[3]", "[0,3]") + tensor_of("b", "U8", "[4]", "[4,8]")),
       "expected them to begin at 3"},
      {"hole in front", with_tensors(tensor_of("w", "U8", "[4]", "[4,8]")), "to begin at 0"},
      {"swapped offsets", pair("[4,8]", "[0,4]"), "expected them to begin at 0"},
      {"end before begin", pair("[0,4]", "[4,3]"), "bytes 4 to 3"},
      {"beyond the data", pair("[0,4]", "[4,9]"), "within the data, 8 bytes"},
      {"far beyond", pair("[0,4]", "[4,18446744073709551615]"), "within the data"},
      {"bytes after the last", with_tensors(tensor_of("w", "U8", "[7]", "[0,7]")),
       "1 bytes after its last tensor"},
      {"data without tensors", with_tensors(""), "8 bytes after its last tensor"},
      {"same name",
       with_tensors(tensor_of("a", "U8", "[4]", "[0,4]") + tensor_of("a", "U8", "[4]", "[4,8]")),
       "each name once"},
      {"names out of order",
       with_tensors(tensor_of("b", "U8", "[4]", "[0,4]") + tensor_of("a", "U8", "[4]", "[4,8]")),
       "in order"},
      {"empty tensor inside another",
       with_tensors(tensor_of("a", "U8", "[8]", "[0,8]") + tensor_of("b", "U8", "[0]", "[4,4]")),
       "expected them to begin at 8"},
  });
}

TEST(HostileContainer, ShapesAreMultipliedWithoutOverflow) {
  const auto shape = [](const std::string& text) {
    return with_tensors(tensor_of("w", "F32", text, "[0,8]"));
  };
  expect_refused({
      {"too many values", shape("[3]"), "8 bytes do not hold [3] values of F32"},
      {"too few values", shape("[1]"), "8 bytes do not hold [1] values"},
      {"no values", shape("[0]"), "8 bytes do not hold [0] values"},
      {"scalar", shape("[]"), "8 bytes do not hold [] values"},
      {"product wraps to 2", shape("[2,9223372036854775809]"), "do not hold"},
      {"product wraps to 4", shape("[4194305,4194305,211106198978564]"), "do not hold"},
      {"bytes wrap to 8", shape("[4611686018427387906]"), "do not hold"},
      {"overflow before a zero", shape("[18446744073709551615,2,0]"), "do not hold"},
      {"wrong dtype", with_tensors(tensor_of("w", "F64", "[2]", "[0,8]")),
       "do not hold [2] values of F64"},
  });
}

}  // namespace
}  // namespace skol
