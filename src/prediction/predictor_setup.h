// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool.h"
#include "model/model_data.h"
#include "network/network.h"
#include "prediction/batch_runner.h"
#include "prediction/memory_plan.h"
#include "prediction/run_device.h"
#include "prediction/run_status.h"
#include "skol/predictor.h"

namespace skol {

// What is the same in all runs of a predictor. The plan comes first, from the model's shape: what
// does not fit fails before anything of it is allocated.
struct Predictor::Setup {
  Setup(const Model& trained, const PredictionOptions& options, BudgetSource source);

  Model model;
  BudgetSource budget;
  MemoryPlan plan;
  BatchChoice choice;
  ThreadPool pool;
  Network network;
  RunDevice device;
  RunStatus status;

  std::string device_name() const;
  // For calls of up to so many windows, where they are computed now. std::bad_alloc: no memory
  // there.
  std::unique_ptr<BatchRunner> make_batch_runner(std::size_t windows);

 private:
  BatchChoice choose(const PredictionOptions& options) const;
};

}  // namespace skol
