# What `cmake --install` lays down: headers, every library made by brasa_library, the program, the
# torch room, and the package that find_package(brasa) reads.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/brasa)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/brasa DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")

get_property(libraries GLOBAL PROPERTY BRASA_LIBRARIES)
foreach(library IN LISTS libraries ITEMS brasa_headers)
  string(REGEX REPLACE "^brasa_" "" short ${library})
  set_target_properties(${library} PROPERTIES EXPORT_NAME ${short})
endforeach()
install(TARGETS brasa_headers ${libraries} EXPORT brasaTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET brasa_torch_headers)
  install(TARGETS brasa_torch_headers EXPORT brasaTargets)
endif()
install(EXPORT brasaTargets NAMESPACE brasa:: DESTINATION ${package_dir})

foreach(target brasa brasa_torch)
  if(TARGET ${target})
    install(TARGETS ${target} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
                              LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  endif()
endforeach()

# A static library's private third-party targets must exist where it is linked: one find_dependency
# for every package whose targets (PACKAGE::name) the libraries name.
set(packages)
foreach(library IN LISTS libraries)
  get_target_property(links ${library} LINK_LIBRARIES)
  string(REGEX MATCHALL "[A-Za-z0-9_]+::" names "${links}")
  list(APPEND packages ${names})
endforeach()
list(REMOVE_DUPLICATES packages)
list(SORT packages)
set(find_box2d "box2d CONFIG")
set(find_TBB "TBB")
set(find_Dnnl "Dnnl")
set(find_Eigen3 "Eigen3 3.3 NO_MODULE")
set(find_SDL2 "SDL2")
set(find_hdf5 "HDF5 COMPONENTS C")
set(find_HDF5 "HDF5 COMPONENTS C")
set(find_Threads "Threads")
set(find_CLI11 "CLI11")
set(find_tomlplusplus "tomlplusplus")
set(find_nlohmann_json "nlohmann_json")
set(BRASA_FIND_DEPENDENCIES)
foreach(package IN LISTS packages)
  string(REGEX REPLACE "::$" "" package ${package})
  if(package STREQUAL "brasa")
    continue()
  endif()
  if(NOT DEFINED find_${package})
    message(FATAL_ERROR "cmake/BrasaInstall.cmake does not know how to find ${package}")
  endif()
  string(APPEND BRASA_FIND_DEPENDENCIES "  find_dependency(${find_${package}})\n")
endforeach()

configure_package_config_file(cmake/brasaConfig.cmake.in ${PROJECT_BINARY_DIR}/brasaConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/brasaConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/brasaConfig.cmake
              ${PROJECT_BINARY_DIR}/brasaConfigVersion.cmake
              cmake/BrasaPlugin.cmake cmake/FindDnnl.cmake
        DESTINATION ${package_dir})
