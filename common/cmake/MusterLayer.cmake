# muster_layer(directory PURE? SOURCES ... LINKS ... PRIVATE ... ALLOW ...): one static
# library per layer, named after its directory (common/base -> muster_base,
# server/core -> muster_server_core), with its headers checked to compile alone.
# PURE layers may touch no clock, file, socket or random source; a test looks,
# and lets pass what begins with a prefix in ALLOW.
function(muster_layer directory)
  cmake_parse_arguments(arg "PURE;POSIX" "" "SOURCES;LINKS;PRIVATE;ALLOW" ${ARGN})
  string(REGEX REPLACE "^common/" "" name "${directory}")
  string(REPLACE "/" "_" name "muster_${name}")
  list(TRANSFORM arg_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/${directory}/")
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PUBLIC ${arg_LINKS} PRIVATE muster_options ${arg_PRIVATE})
  if(arg_POSIX)
    target_link_libraries(${name} PRIVATE muster_posix)
  endif()
  if(MUSTER_TESTS)
    if(arg_PURE)
      muster_pure_library(${name} ${arg_ALLOW})
    endif()
    file(GLOB headers RELATIVE "${PROJECT_SOURCE_DIR}" CONFIGURE_DEPENDS
         "${PROJECT_SOURCE_DIR}/${directory}/*.h")
    if(headers)
      muster_header_check(${name} ${headers})
    endif()
  endif()
endfunction()
