// SPDX-License-Identifier: Apache-2.0
#include "kernels/self_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/reference_kernels.h"

namespace skol {
namespace {

using ::testing::Contains;

// Right but for one bit of one result.
class WrongKernels final : public Kernels {
 public:
  std::string_view name() const override { return "wrong"; }
  std::size_t lanes() const override { return right_.lanes(); }
  std::size_t tile_rows() const override { return right_.tile_rows(); }
  void gemm(std::span<const float* const> a, std::size_t a_step, const PackedMatrix& b,
            const float* start, std::span<float* const> c) const override {
    right_.gemm(a, a_step, b, start, c);
  }
  void gemm_add(std::span<const float* const> a, std::size_t a_step, const PackedMatrix& b,
                std::span<float* const> c) const override {
    right_.gemm_add(a, a_step, b, c);
  }
  void sparse_row(std::span<const std::uint32_t> columns, std::span<const float> values,
                  const float* w, std::size_t stride, std::size_t width, const float* start,
                  float* out) const override {
    right_.sparse_row(columns, values, w, stride, width, start, out);
  }
  void lstm_step(std::span<const LstmRow> rows, const PackedMatrix* input,
                 const PackedMatrix& recurrent) const override {
    right_.lstm_step(rows, input, recurrent);
  }
  void lstm_step_gradient(std::span<const LstmRowGradient> rows, std::size_t units) const override {
    right_.lstm_step_gradient(rows, units);
  }
  void softmax(float* logits, std::size_t rows, std::size_t classes,
               std::size_t stride) const override {
    right_.softmax(logits, rows, classes, stride);
  }
  void adam(const AdamStep& step, std::span<const float> gradient, std::span<float> w,
            std::span<float> m, std::span<float> v) const override {
    right_.adam(step, gradient, w, m, v);
  }
  void exp(std::span<const float> x, float* y) const override { right_.exp(x, y); }
  void sigmoid(std::span<const float> x, float* y) const override { right_.sigmoid(x, y); }
  void tanh(std::span<const float> x, float* y) const override {
    right_.tanh(x, y);
    y[x.size() / 2] = std::nextafter(y[x.size() / 2], 2.0f);
  }

 private:
  const Kernels& right_ = reference_kernels();
};

TEST(SelfCheckTest, EveryTargetOfThisMachineGivesTheBitsOfThePlainLoops) {
  for (const Kernels* kernels : available_kernels()) {
    EXPECT_TRUE(gives_reference_bits(*kernels)) << kernels->name();
  }
}

TEST(SelfCheckTest, OneWrongBitIsNoticed) {
  EXPECT_FALSE(gives_reference_bits(WrongKernels()));
}

TEST(CompiledTargetsTest, HaveThoseThatRunHere) {
  const auto compiled = compiled_targets();
  for (const Kernels* kernels : available_kernels()) {
    EXPECT_THAT(compiled, Contains(kernels->name()));
  }
  EXPECT_EQ(compiled.back(), "scalar");
}

}  // namespace
}  // namespace skol
