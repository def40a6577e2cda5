# How Brasa's own targets are built. One static library per folder of the design's table, its
# third-party libraries PRIVATE, so that an include the table does not allow fails to compile.

find_program(CCACHE ccache)
if(CCACHE)
  # Without this ccache does not remember a file that is compiled with a precompiled header.
  set(launcher env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Warnings and floating-point rules of everything that is compiled here.
add_library(brasa_options INTERFACE)
target_compile_features(brasa_options INTERFACE cxx_std_20 c_std_11)
target_compile_options(brasa_options INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -ffp-contract=off
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms on `"literal" + std::string` (GCC bug 105651).
  target_compile_options(brasa_options INTERFACE -Wno-restrict)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(brasa_options INTERFACE -O3)
endif()
if(BRASA_NATIVE)
  target_compile_options(brasa_options INTERFACE -march=native)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(brasa_options INTERFACE -mprefer-vector-width=512)
  endif()
endif()
if(BRASA_SANITIZE)
  target_compile_options(brasa_options INTERFACE
    -fsanitize=${BRASA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(brasa_options INTERFACE -fsanitize=${BRASA_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND BRASA_SANITIZE MATCHES "thread")
    target_compile_options(brasa_options INTERFACE
      -fsanitize-blacklist=${PROJECT_SOURCE_DIR}/cmake/tsan_ignore.txt)
  endif()
  if(BRASA_SANITIZE MATCHES "undefined")
    # A third of the time to compile; AddressSanitizer stops at null and at foreign memory anyway.
    target_compile_options(brasa_options INTERFACE
      -fno-sanitize=null,vptr,object-size,alignment)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++'s manual: sanitizers make its flow analysis raise false alarms.
    target_compile_options(brasa_options INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

# With CMAKE_UNITY_BUILD, which halves the time of a first build, up to eight files of a target are
# compiled as one. So the unnamed namespaces of a target's files share their names, but for those
# files that are kept apart here: each of them is one environment or one agent, complete in itself.
function(brasa_apart)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# brasa_library(NAME [APART] SOURCES files... [PUBLIC targets...] [PRIVATE targets...]); APART keeps
# all its files apart.
function(brasa_library name)
  cmake_parse_arguments(arg "APART" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  if(arg_APART)
    brasa_apart(${arg_SOURCES})
  endif()
  target_link_libraries(${name} PUBLIC brasa_headers ${arg_PUBLIC}
                                PRIVATE $<BUILD_INTERFACE:brasa_options> ${arg_PRIVATE})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  set_property(GLOBAL APPEND PROPERTY BRASA_LIBRARIES ${name})
endfunction()
