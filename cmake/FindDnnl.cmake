# Dnnl_FOUND and the target Dnnl::Dnnl: oneDNN with its OpenMP runtime. Debian's own package file
# asks for OpenCL's headers, which nothing here needs.
find_path(Dnnl_INCLUDE_DIR NAMES oneapi/dnnl/dnnl.hpp)
find_library(Dnnl_LIBRARY NAMES dnnl)
find_library(Dnnl_OPENMP_LIBRARY NAMES libgomp.so.1 gomp)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Dnnl REQUIRED_VARS Dnnl_LIBRARY Dnnl_OPENMP_LIBRARY
                                                     Dnnl_INCLUDE_DIR)
mark_as_advanced(Dnnl_INCLUDE_DIR Dnnl_LIBRARY Dnnl_OPENMP_LIBRARY)

if(Dnnl_FOUND AND NOT TARGET Dnnl::Dnnl)
  add_library(Dnnl::Dnnl UNKNOWN IMPORTED)
  set_target_properties(Dnnl::Dnnl PROPERTIES
    IMPORTED_LOCATION ${Dnnl_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${Dnnl_INCLUDE_DIR}
    INTERFACE_LINK_LIBRARIES ${Dnnl_OPENMP_LIBRARY})
endif()
