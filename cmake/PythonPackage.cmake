# What a wheel of skol_classifier holds besides its Python files: the extension module and its stub,
# the command, and the shared libraries of both that a machine need not have.
nanobind_add_stub(skol_core_stub MODULE _core OUTPUT _core.pyi PYTHON_PATH $<TARGET_FILE_DIR:_core>
                  DEPENDS _core)
set_target_properties(_core PROPERTIES INSTALL_RPATH "$ORIGIN/lib")
set_target_properties(skol_command PROPERTIES INSTALL_RPATH "$ORIGIN/../lib")
install(TARGETS _core DESTINATION skol_classifier COMPONENT python)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/_core.pyi DESTINATION skol_classifier COMPONENT python)
install(TARGETS skol_command DESTINATION skol_classifier/bin COMPONENT python)
# Where nvcc was: what a GPU needs, opened when one is asked for.
install(FILES ${CMAKE_BINARY_DIR}/libskol_cuda.so DESTINATION skol_classifier/lib COMPONENT python
        OPTIONAL)
install(CODE "
  file(GET_RUNTIME_DEPENDENCIES
       EXECUTABLES \"$<TARGET_FILE:skol_command>\" MODULES \"$<TARGET_FILE:_core>\"
       RESOLVED_DEPENDENCIES_VAR libraries
       PRE_INCLUDE_REGEXES \"^lib(fmt|hwy|utf8proc|xxhash|hiredis)\\\\.\"
       PRE_EXCLUDE_REGEXES \".*\")
  foreach(library IN LISTS libraries)
    # Under the name that the linker asks for, without the links that lead there.
    file(REAL_PATH \"\${library}\" file)
    get_filename_component(name \"\${library}\" NAME)
    file(INSTALL DESTINATION \"\${CMAKE_INSTALL_PREFIX}/skol_classifier/lib\" TYPE FILE
         FILES \"\${file}\" RENAME \"\${name}\")
  endforeach()
" COMPONENT python)
