# Compiles misspelt.cc with MEMBER, using CXX. It must fail with WANTED, or succeed where that is "".
execute_process(COMMAND ${CXX} -std=c++20 -fsyntax-only -I ${INCLUDE} "-DMEMBER=${MEMBER}"
                        ${CMAKE_CURRENT_LIST_DIR}/misspelt.cc
                RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
string(FIND "${output}" "${WANTED}" at)
if(WANTED STREQUAL "" AND NOT status EQUAL 0)
  message(FATAL_ERROR "does not compile:\n${output}")
elseif(NOT WANTED STREQUAL "" AND (status EQUAL 0 OR at EQUAL -1))
  message(FATAL_ERROR "wanted '${WANTED}', got status ${status}:\n${output}")
endif()
