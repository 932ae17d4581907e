# The device libraries (src/device/abi.h): target skol_cuda_library builds libskol_cuda.so where nvcc is, and
# says in a line where it is not; skol_fake_device is the stand-in of the tests. Nothing links them:
# they are opened at run time.
set(SKOL_NVCC_HINTS "$ENV{CUDA_HOME}/bin" "$ENV{CUDA_PATH}/bin" /usr/local/cuda/bin)
find_program(SKOL_NVCC nvcc HINTS ${SKOL_NVCC_HINTS})
# sm_80 (A100), sm_90 (H100, H200), and PTX of the latter, which later GPUs compile for themselves.
set(SKOL_CUDA_ARCHITECTURES 80 90 CACHE STRING "compute capabilities that libskol_cuda.so is built for")

# The sanitizers see the kernels as C++: that build has no use for the library.
if(SKOL_SANITIZE)
  add_custom_target(skol_cuda_library)
elseif(SKOL_NVCC)
  foreach(architecture IN LISTS SKOL_CUDA_ARCHITECTURES)
    list(APPEND generate -gencode=arch=compute_${architecture},code=sm_${architecture})
    set(newest ${architecture})
  endforeach()
  list(APPEND generate -gencode=arch=compute_${newest},code=compute_${newest})
  # As for every target: a multiply-add only where the source says so, denormals zero.
  add_custom_command(
    OUTPUT ${CMAKE_BINARY_DIR}/libskol_cuda.so
    COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${SKOL_NVCC} -std=c++20 -O3 --expt-relaxed-constexpr --fmad=false --ftz=true
            --threads 0 ${generate} -I${CMAKE_SOURCE_DIR}/src -I${CMAKE_SOURCE_DIR}/include
            -Xcompiler=-fPIC,-fvisibility=hidden,-Wall,-Wextra,-ffp-contract=off -DNDEBUG
            -MD -MF libskol_cuda.so.d -MT libskol_cuda.so
            --cudart static -shared -o libskol_cuda.so
            ${CMAKE_SOURCE_DIR}/src/cuda/cuda_library.cu
    DEPENDS ${CMAKE_SOURCE_DIR}/src/cuda/cuda_library.cu
    DEPFILE ${CMAKE_BINARY_DIR}/libskol_cuda.so.d
    WORKING_DIRECTORY ${CMAKE_BINARY_DIR}
    COMMENT "Building libskol_cuda.so with ${SKOL_NVCC}" VERBATIM)
  add_custom_target(skol_cuda_library ALL DEPENDS ${CMAKE_BINARY_DIR}/libskol_cuda.so
                    COMMAND ${CMAKE_COMMAND} -E echo "libskol_cuda.so: built with ${SKOL_NVCC}")
else()
  add_custom_target(skol_cuda_library ALL COMMAND ${CMAKE_COMMAND} -E echo
                    "libskol_cuda.so: not built, nvcc is not here (not in PATH, CUDA_HOME or /usr/local/cuda)")
endif()

if(SKOL_TESTS)
  add_library(skol_fake_device MODULE ${CMAKE_SOURCE_DIR}/src/cuda/fake_device_testing.cc
              ${CMAKE_SOURCE_DIR}/src/device/fake_card_testing.cc)
  target_link_libraries(skol_fake_device PRIVATE skol_cuda)
  add_library(skol_fake_nvml MODULE ${CMAKE_SOURCE_DIR}/src/device/fake_nvml_testing.cc)
  target_link_libraries(skol_fake_nvml PRIVATE skol_flags)
  # What only tests of the room network share otherwise.
  target_sources(skol_cuda_test PRIVATE ${CMAKE_SOURCE_DIR}/src/network/reference_network_testing.cc)
endif()

# Tests that have a device: skol_uses_fake_device(TEST_PROGRAM...)
function(skol_uses_fake_device)
  foreach(program IN LISTS ARGN)
    add_dependencies(${program} skol_fake_device skol_fake_nvml)
    if(NOT program STREQUAL skol_device_test)
      target_sources(${program} PRIVATE ${CMAKE_SOURCE_DIR}/src/device/fake_card_testing.cc)
    endif()
    target_compile_definitions(${program} PRIVATE
      SKOL_FAKE_DEVICE_LIBRARY="$<TARGET_FILE:skol_fake_device>"
      SKOL_FAKE_NVML_LIBRARY="$<TARGET_FILE:skol_fake_nvml>")
  endforeach()
endfunction()
