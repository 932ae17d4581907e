// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "skol/tuned.h"

namespace skol {

// A record as a tuning would leave it.
inline TuningRecord sample_record() {
  TuningRecord record;
  record.base_bytes = 30'000'000;
  record.window_bytes = 250'000;
  record.fit_error = 0.0125;
  record.points = {{1, 30'250'000, 410.5}, {32, 38'100'000, 2'400.0}, {64, 46'000'000, 2'480.25}};
  record.prediction_batch_size = 32;
  record.reason = "the smallest size within 5 % of the fastest";
  record.date = "2026-11-23T19:41:52Z";
  record.hardware = {"AMD EPYC (family 25, model 17)", 2, "avx512", 8'237'731'840};
  return record;
}

}  // namespace skol
