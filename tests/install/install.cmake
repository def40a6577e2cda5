# Installs BUILD_DIR to a temporary prefix, builds examples/out_of_tree against it and runs it.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(work ${BUILD_DIR}/tests/install/work)
file(REMOVE_RECURSE ${work})
# Moved after installing: the package must not remember where it was installed first.
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${work}/first)
file(RENAME ${work}/first ${work}/prefix)
run(${CMAKE_COMMAND} -G Ninja -S ${SOURCE_DIR}/examples/out_of_tree -B ${work}/build
    -DCMAKE_PREFIX_PATH=${work}/prefix -DCMAKE_CXX_COMPILER=${CXX} "-DCMAKE_CXX_FLAGS=${FLAGS}"
    -DCMAKE_BUILD_TYPE=Debug)
run(${CMAKE_COMMAND} --build ${work}/build)

run(${work}/build/walk)
if(NOT output STREQUAL "walked 4 steps, return -4\n")
  message(FATAL_ERROR "walk said: ${output}")
endif()

# The agent of custom_agent.cc is one of the program's own: it is trained, and learns.
run(${work}/build/my_brasa train linear_reinforce CartPole-v1 --set learning_rate=0.002
    --steps 60000 --out ${work}/run)
run(${work}/build/my_brasa eval ${work}/run --episodes 20 --json)
string(JSON mean_return GET "${output}" mean_return value)
if(mean_return LESS 60)
  message(FATAL_ERROR "linear_reinforce plays CartPole-v1 to ${mean_return} (random: 22)")
endif()

# The network of custom_network.cc is a value of network.backend: PPO learns with it and its
# checkpoint is read again; a program without it names the values there are.
if(TORCH)
  set(torch_brasa ${work}/build/my_torch_brasa)
  run(${torch_brasa} train ppo CartPole-v1 --set network.backend=residual --set hidden=32
      --steps 20000 --out ${work}/torch_run)
  run(${torch_brasa} eval ${work}/torch_run --episodes 20 --json)
  string(JSON mean_return GET "${output}" mean_return value)
  if(mean_return LESS 60)
    message(FATAL_ERROR "ppo with the residual network plays CartPole-v1 to ${mean_return}")
  endif()
  execute_process(COMMAND ${work}/build/my_brasa eval ${work}/torch_run ERROR_VARIABLE error
                  RESULT_VARIABLE status OUTPUT_QUIET)
  if(NOT status EQUAL 2 OR NOT error MATCHES "network.backend = 'residual'[^\n]*native")
    message(FATAL_ERROR "the program without the network ended with ${status}: ${error}")
  endif()
endif()

# The presets are installed as files that train takes.
run(${work}/prefix/bin/brasa train --config ${work}/prefix/share/brasa/presets/ppo-CartPole-v1.toml
    --steps 1000 --out ${work}/preset_run)
file(READ ${work}/preset_run/run.toml run_toml)
if(NOT run_toml MATCHES "discount = 0.98")
  message(FATAL_ERROR "the preset of ppo on CartPole-v1 gave:\n${run_toml}")
endif()

run(nm -D --defined-only ${work}/build/corridor.so)
if(NOT output MATCHES " T brasa_plugin_entry")
  message(FATAL_ERROR "corridor.so exports no brasa_plugin_entry:\n${output}")
endif()

# A stranger's six commands, for each kind of project that `brasa new` makes.
set(brasa ${work}/prefix/bin/brasa)
foreach(kind IN ITEMS board control)
  foreach(language IN ITEMS c++ c)
    set(folder ${work}/new_${kind}_${language})
    set(plugin ${folder}/build/my_game.so)
    run(${brasa} new env my_game ${folder} --${kind} --lang ${language})
    run(${CMAKE_COMMAND} -G Ninja -S ${folder} -B ${folder}/build
        -DCMAKE_PREFIX_PATH=${work}/prefix -DCMAKE_CXX_COMPILER=${CXX}
        "-DCMAKE_CXX_FLAGS=${FLAGS} -Wall -Wextra -Wconversion -Wshadow -Werror"
        "-DCMAKE_C_FLAGS=${FLAGS} -Wall -Wextra -Wconversion -Wshadow -Werror")
    run(${CMAKE_COMMAND} --build ${folder}/build)
    run(${brasa} check ${plugin} --timeout 200)
    if(NOT output MATCHES "MyGame-v0 keeps all [0-9]+ laws")
      message(FATAL_ERROR "brasa check said: ${output}")
    endif()
    run(${brasa} train ppo ${plugin} --steps 2000 --workers 1 --out ${folder}/run)
    run(${brasa} eval ${folder}/run)
    run(${brasa} watch ${folder}/run --text --episodes 1)
    if(NOT output MATCHES "episode 1: return")
      message(FATAL_ERROR "brasa watch said: ${output}")
    endif()
  endforeach()
endforeach()
file(REMOVE_RECURSE ${work})
