# brasa_add_plugin(NAME SOURCES...): the shared library NAME.so of an environment plugin, from C++ or
# C. It needs Brasa's headers and none of its libraries. Installed with the package, so that plugins
# are built alike inside and outside of this tree.
function(brasa_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE brasa::headers)
  target_compile_features(${name} PRIVATE cxx_std_20 c_std_11)
  # Rules give equal bits on every machine only without fused multiply-add.
  target_compile_options(${name} PRIVATE -ffp-contract=off)
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so" POSITION_INDEPENDENT_CODE ON
    CXX_EXTENSIONS OFF C_EXTENSIONS OFF
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endfunction()
