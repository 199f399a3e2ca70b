# orion.json is what make_orion.py writes: cmake -DPYTHON=… -DBOARDS=… -DOUT=… -P Check.cmake
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND "${PYTHON}" -B make_orion.py WORKING_DIRECTORY "${BOARDS}"
                OUTPUT_FILE "${OUT}" RESULT_VARIABLE rc)
if(rc)
  message(FATAL_ERROR "make_orion.py failed")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files "${OUT}" "${BOARDS}/orion.json"
                RESULT_VARIABLE rc)
if(rc)
  message(FATAL_ERROR "orion.json differs from what make_orion.py writes: run it again")
endif()
