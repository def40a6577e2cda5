# cmake -DFOLDER=<folder> -DFILES=<name,name,..> -DOUT=<file.cc> -P WritePresets.cmake: makes OUT hold
# the presets of the files, which are run.toml files of a small kind: comments, [run] with `agent`,
# `env`, `steps` and `envs`, [agent] with the fields it sets, one value a line: a number, true, false,
# "text" of letters, digits and _./-, or a list of whole numbers. A file is named AGENT-ENV.toml, with
# `-` for every `/` of the environment's id. Anything else ends the build, naming file and line.
cmake_minimum_required(VERSION 3.25)

set(whole "-?(0|[1-9][0-9]*)")
set(number "${whole}(\\.[0-9]+)?([eE][-+]?[0-9]+)?")
set(text "\"[A-Za-z0-9_./-]+\"")
set(list "\\[[ ]*${whole}([ ]*,[ ]*${whole})*[ ]*\\]")
set(comment "[ ]*(#.*)?$")

macro(refuse why)
  message(FATAL_ERROR "  ${FOLDER}/${name}, line ${number_of_line}: ${why}")
endmacro()

# Appends the row of `key` = `value` to rows, or keeps what the file must say of itself.
macro(take_value key value)
  if("${section}.${key}" IN_LIST taken)
    refuse("'${key}' is given twice")
  endif()
  list(APPEND taken "${section}.${key}")
  string(REGEX REPLACE "[][\" ]" "" plain "${value}")
  if(section STREQUAL "run" AND "${key}" MATCHES "^(agent|env)$")
    set(${key} "${plain}")
  elseif(section STREQUAL "run" AND NOT "${key}" MATCHES "^(steps|envs)$")
    refuse("'${key}' is not allowed in [run] of a preset; give agent, env, steps, envs")
  elseif(section STREQUAL "")
    refuse("'${key}' stands before the first section; give [run] or [agent]")
  else()
    string(APPEND rows "    {\"@agent@\", \"@env@\", \"${key}\", \"${plain}\"},\n")
  endif()
endmacro()

macro(take_line)
  if("${line}" MATCHES "^\\[(run|agent)\\]${comment}")
    set(section ${CMAKE_MATCH_1})
  elseif("${line}" MATCHES
         "^([a-z0-9_.]+)[ ]*=[ ]*(${number}|true|false|${text}|${list})${comment}")
    take_value("${CMAKE_MATCH_1}" "${CMAKE_MATCH_2}")
  elseif(NOT "${line}" MATCHES "^${comment}")
    refuse("this is not allowed; give [run], [agent], or key = value, the value a number, true, false, \"text\" or [1, 2]")
  endif()
endmacro()

set(all_rows)
string(REPLACE "," ";" names "${FILES}")
foreach(name IN LISTS names)
  file(READ ${FOLDER}/${name} rest)
  set(section "")
  set(taken)
  set(rows)
  set(agent)
  set(env)
  set(number_of_line 0)
  while(NOT rest STREQUAL "")
    math(EXPR number_of_line "${number_of_line} + 1")
    string(FIND "${rest}" "\n" end)
    if(end EQUAL -1)
      refuse("the last line has no end")
    endif()
    string(SUBSTRING "${rest}" 0 ${end} line)
    math(EXPR end "${end} + 1")
    string(SUBSTRING "${rest}" ${end} -1 rest)
    take_line()
  endwhile()
  string(REPLACE "/" "-" expected "${agent}-${env}.toml")
  if(NOT name STREQUAL expected)
    refuse("agent = '${agent}' and env = '${env}' belong into a file ${expected}")
  endif()
  if(rows STREQUAL "")
    refuse("it sets nothing")
  endif()
  string(REPLACE "@agent@" "${agent}" rows "${rows}")
  string(REPLACE "@env@" "${env}" rows "${rows}")
  string(APPEND all_rows "${rows}")
endforeach()

file(WRITE ${OUT} "// Made from agents/presets by cmake/WritePresets.cmake.
#include \"agents/registry/presets.h\"

namespace brasa {

std::span<const PresetValue> PresetValues() {
  static constexpr PresetValue kValues[] = {
${all_rows}  };
  return kValues;
}

}  // namespace brasa
")
