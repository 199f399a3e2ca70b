# The boards are what their scripts write: cmake -DPYTHON=… -DBOARDS=… -DOUT=… -P Check.cmake
cmake_minimum_required(VERSION 3.25)
foreach(pair IN ITEMS make_orion.py,orion.json make_asana.py,asana-project.json)
  string(REPLACE "," ";" pair "${pair}")
  list(GET pair 0 script)
  list(GET pair 1 board)
  execute_process(COMMAND "${PYTHON}" -B ${script} WORKING_DIRECTORY "${BOARDS}"
                  OUTPUT_FILE "${OUT}/${board}" RESULT_VARIABLE rc)
  if(rc)
    message(FATAL_ERROR "${script} failed")
  endif()
  execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files "${OUT}/${board}" "${BOARDS}/${board}"
                  RESULT_VARIABLE rc)
  if(rc)
    message(FATAL_ERROR "${board} differs from what ${script} writes: run it again")
  endif()
endforeach()
