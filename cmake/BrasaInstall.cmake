# What `cmake --install` lays down.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/brasa DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")
