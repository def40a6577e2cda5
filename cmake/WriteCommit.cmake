# cmake -DSOURCE=<folder> -DOUT=<file.cc> -P WriteCommit.cmake: makes OUT define the commit of SOURCE,
# "unknown" where SOURCE is not the top of a git work tree, with "-dirty" where tracked files differ
# from it. OUT is left alone if it says so already, so that nothing is compiled anew.
set(commit unknown)
find_program(git git)
if(git)
  execute_process(COMMAND ${git} rev-parse --show-toplevel WORKING_DIRECTORY ${SOURCE}
                  OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  file(REAL_PATH ${SOURCE} here)
  if(top STREQUAL here)
    execute_process(COMMAND ${git} describe --always --dirty --exclude=* --abbrev=12
                    WORKING_DIRECTORY ${SOURCE} RESULT_VARIABLE failed OUTPUT_VARIABLE described
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(failed EQUAL 0)
      set(commit ${described})
    endif()
  endif()
endif()
set(text "namespace brasa {\nextern const char* const kBuildCommit;\nconst char* const kBuildCommit = \"${commit}\";\n}\n")
set(old "")
if(EXISTS ${OUT})
  file(READ ${OUT} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${OUT} "${text}")
endif()
