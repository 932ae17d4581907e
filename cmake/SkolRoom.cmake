# Flags of every target. -ffp-contract=off: a multiply-add is fused only where the source says so,
# so that every SIMD target computes the same bits (docs/architecture.md).
add_library(skol_flags INTERFACE)
target_compile_options(skol_flags INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Werror -ffp-contract=off)
target_include_directories(skol_flags INTERFACE ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(skol_flags INTERFACE SKOL_VERSION="${PROJECT_VERSION}")
if(SKOL_SANITIZE)
  target_compile_options(skol_flags INTERFACE
    -fsanitize=${SKOL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  target_link_options(skol_flags INTERFACE -fsanitize=${SKOL_SANITIZE})
endif()

# skol_room(NAME BELOW room... LINK target... [MODULE name])
# Library skol_NAME from src/NAME/*.cc, and test program skol_NAME_test from src/NAME/*_test.cc and
# what only tests use, *_testing.cc. With MODULE: an extension module of Python of that name instead.
function(skol_room name)
  cmake_parse_arguments(ARG "" "MODULE" "BELOW;LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$|_testing\\.cc$|/main\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$|_testing\\.cc$")
  list(TRANSFORM ARG_BELOW PREPEND skol_)
  if(ARG_MODULE)
    # The limited API exists for nanobind from Python 3.12 on; on 3.11 the module is for 3.11.
    find_package(Python 3.11 REQUIRED COMPONENTS Interpreter Development.Module
                 OPTIONAL_COMPONENTS Development.SABIModule)
    execute_process(COMMAND ${Python_EXECUTABLE} -m nanobind --cmake_dir
                    OUTPUT_STRIP_TRAILING_WHITESPACE OUTPUT_VARIABLE nanobind_ROOT
                    COMMAND_ERROR_IS_FATAL ANY)
    find_package(nanobind CONFIG REQUIRED)
    nanobind_add_module(${ARG_MODULE} STABLE_ABI NB_STATIC NB_SUPPRESS_WARNINGS ${sources})
    target_link_libraries(${ARG_MODULE} PRIVATE skol_flags ${ARG_BELOW} ${ARG_LINK})
    return()
  endif()
  if(NOT sources)
    set(scope INTERFACE)
    add_library(skol_${name} INTERFACE)
  else()
    set(scope PUBLIC)
    add_library(skol_${name} STATIC ${sources})
  endif()
  target_link_libraries(skol_${name} ${scope} skol_flags ${ARG_BELOW} ${ARG_LINK})
  if(SKOL_TESTS AND tests)
    add_executable(skol_${name}_test ${tests})
    target_link_libraries(skol_${name}_test PRIVATE skol_${name} GTest::gmock GTest::gtest_main)
    target_compile_definitions(skol_${name}_test PRIVATE SKOL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND skol_${name}_test)
    # Tests that use the corpus look there and skip by name where it is absent.
    set_tests_properties(${name} PROPERTIES TIMEOUT 1200)
  endif()
endfunction()
