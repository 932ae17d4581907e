# SPDX-License-Identifier: Apache-2.0
# The front door: installs what is missing (Debian packages), then builds, shows or tests.
# The build itself is described in CMakeLists.txt and CMakePresets.json.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
# One apt-get and one compiler pool at a time; the parallelism is ninja's.
.NOTPARALLEL:
JOBS ?= $(shell nproc)

# Tests that use the corpus look here, and skip by name where it is absent.
export SKOL_CORPUS := $(shell realpath -m -- "$${SKOL_CORPUS:-../shared/corpus}")
export UBSAN_OPTIONS ?= print_stacktrace=1

.PHONY: build
build: build/build.ninja  ## build/skol, and build/libskol_cuda.so where nvcc is
	@cmake --build build --parallel $(JOBS) --target skol_command skol_cuda_library

.PHONY: demo
demo: build  ## train on the sample, label the documents held back, show lines and scores
	@tools/demo.sh build/skol sample build/demo

.PHONY: test
test: check-rules check-format test-release test-python neon test-asan  ## everything that must pass

.PHONY: check-rules
check-rules: install-test
	@echo "== house rules, and that the sample is what its generator writes"
	@python3 tools/check_includes_test.py
	@python3 tools/check_includes.py
	@python3 tools/make_sample.py --check sample

.PHONY: check-format
check-format: install-test
	@echo "== layout of the source"
	@find $(wildcard src include tests bench fuzz) -name '*.cc' -o -name '*.h' -o -name '*.cu' -o -name '*.cuh' | \
	  xargs --no-run-if-empty clang-format --dry-run --Werror

.PHONY: format
format: install-test  ## lay out the source
	@find $(wildcard src include tests bench fuzz) -name '*.cc' -o -name '*.h' -o -name '*.cu' -o -name '*.cuh' | xargs --no-run-if-empty clang-format -i

# The corpus may be absent: the heading says which tests then skip themselves.
corpus = $(if $(wildcard $(SKOL_CORPUS)/split.tsv),with the corpus,without the corpus ($(SKOL_CORPUS)))
run_tests = \
  echo "== tests, $(2), $(corpus)"; \
  cmake --build $(1) --parallel $(JOBS); \
  ctest --test-dir $(1) --parallel $(JOBS) --output-on-failure

.PHONY: test-release
test-release: build/build.ninja check-rules check-format
	@$(call run_tests,build,release build)

# The package as a user installs it. What its sources are stands here once more for make.
PYTHON ?= python3
package_sources = $(shell find CMakeLists.txt pyproject.toml cmake include src python -type f ! -name '*.pyc')

.PHONY: python
python: .venv/installed  ## the package for Python, with its extras, in .venv

.venv/installed: $(package_sources) | install-python
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@export CMAKE_CXX_COMPILER_LAUNCHER=$$(command -v ccache || true); \
	  .venv/bin/pip install --quiet --disable-pip-version-check '.[all]'
	@touch $@

# Both lines of Spark: the newest in .venv, 3.5 beside it.
.venv/test-tools: tests/python/requirements.txt tests/python/spark35.txt | .venv/installed
	@.venv/bin/pip install --quiet --disable-pip-version-check -r tests/python/requirements.txt
	@rm -rf .venv/spark35
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --target .venv/spark35 \
	  -r tests/python/spark35.txt
	@touch $@

.PHONY: test-python
test-python: .venv/installed .venv/test-tools install-test test-release
	@echo "== tests of the Python package, $(corpus)"
	@.venv/bin/ruff check --quiet python tests/python bench
	@.venv/bin/python -m pytest -q -p no:cacheprovider -m "not slow" tests/python
	@echo "== the same under Spark 3.5"
	@PYTHONPATH=$(CURDIR)/.venv/spark35 .venv/bin/python -m pytest -q -p no:cacheprovider \
	  -m "not slow" tests/python/spark

.PHONY: test-asan
test-asan: build-asan/build.ninja test-release
	@$(call run_tests,build-asan,under AddressSanitizer and UndefinedBehaviorSanitizer)

.PHONY: tsan
tsan: build-tsan/build.ninja  ## the tests under ThreadSanitizer
	@$(call run_tests,build-tsan,under ThreadSanitizer)

# Engines side by side: minutes of installing the first time, then about ten of measuring. Keep
# the machine free of other work. BENCH_FLAGS: tasks and options of bench/run.py.
bench_programs = workload predict_skol predict_onednn train_skol load_skol scaling_skol peak
.PHONY: bench
bench: install-bench build/build.ninja  ## skol beside Keras, PyTorch, ONNX Runtime and oneDNN
	@bench/peers/install.sh $(PYTHON)
	@cmake build >/dev/null
	@cmake --build build --parallel $(JOBS) --target skol_command $(addprefix bench_,$(bench_programs))
	@.venv-peers/bin/python bench/run.py $(BENCH_FLAGS)
	@python3 bench/report.py build/bench/results.json

.PHONY: neon
neon: install-neon  ## the kernels and their tests for AArch64, in an emulator
	@echo "== kernels for AArch64, under qemu"
	@tools/test_neon.sh build-neon

# ninja runs CMake again by itself when a CMakeLists.txt changes; it does not know the presets.
configure = cmake --preset $(1) --log-level=WARNING \
  $$(command -v ccache >/dev/null && echo -DCMAKE_CXX_COMPILER_LAUNCHER=ccache) >/dev/null && touch $@

build/build.ninja: CMakePresets.json | install-build
	@$(call configure,release)

build-%/build.ninja: CMakePresets.json | install-build
	@$(call configure,$*)

.PHONY: install-build install-test install-python install-bench install-neon
install-build:
	@tools/install_packages.sh build

install-python:
	@tools/install_packages.sh build python

install-bench:
	@tools/install_packages.sh build python bench

install-test:
	@tools/install_packages.sh build python test

install-neon:
	@tools/install_packages.sh build neon

.PHONY: clean
clean:  ## remove everything that was built
	rm -rf build build-asan build-tsan build-dev build-neon

.PHONY: help
help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile
