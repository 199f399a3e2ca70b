cmake_minimum_required(VERSION 3.25)
# Who may include whom.  Run as a test: cmake -DROOT=<repo> -P IncludeRules.cmake
# This table is the dependency diagram of docs/architecture.md in a form a
# machine can check.  A row: layer directory | repo prefixes it may include |
# outside headers it may include beyond the freestanding and pure libc ones.
set(rules
  "common/base    | common/base                                                             |"
  "common/model   | common/base common/model                                                |"
  "common/wire    | common/base common/model common/wire                                    | protobuf-c msp.pb-c.h"
  "common/seal    | common/base common/seal                                                 | sodium.h"
  "common/db      | common/base common/db                                                   | sqlite3.h fcntl.h sys/stat.h unistd.h"
  "common/replica | common/base common/model common/db common/seal common/replica           | sqlite3.h"
  "server/core    | common server/core server/log                                           |"
  "server/log     | common/base common/model common/db server/log                           | sqlite3.h"
  "server/shell   | common server                                                           | zmq.h sodium.h *posix*"
  "client/core    | common client/core                                                      |"
  "client/home    | common client/core client/home                                          | sodium.h *posix*"
  "client/view    | common client/core client/view                                          | utf8proc.h"
  "client/import  | common client/core client/view client/import                            | jansson.h utf8proc.h"
  "client/markdown | common client/view client/markdown                                     | cmark.h"
  "client/tui     | common client/core client/home client/view client/markdown client/tui   | curses.h *posix*"
  "client/cli     | common client/core client/home client/view client/import client/cli     | sodium.h *posix*"
  "client/screens | common client/core client/home client/view client/cli client/tui client/screens |"
  "client/shell   | common client                                                           | zmq.h sodium.h *posix*"
  "client/demo    | common client/core client/home client/view client/demo                  | jansson.h *posix*"
)
set(pure_libc assert ctype errno float inttypes limits math stdalign stdarg stdbool stddef stdint stdio stdlib stdnoreturn string)

set(failures "")
foreach(row IN LISTS rules)
  string(REPLACE "|" ";" cells "${row}")
  list(GET cells 0 layer)
  list(GET cells 1 inside)
  list(GET cells 2 outside)
  string(STRIP "${layer}" layer)
  separate_arguments(inside)
  separate_arguments(outside)
  file(GLOB_RECURSE sources "${ROOT}/${layer}/*.c" "${ROOT}/${layer}/*.h")
  foreach(source IN LISTS sources)
    file(STRINGS "${source}" lines REGEX "^[ \t]*#[ \t]*include")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE ".*include[ \t]*[<\"]([^>\"]+)[>\"].*" "\\1" header "${line}")
      set(ok FALSE)
      if(header MATCHES "^([a-z]+)\\.h$" AND CMAKE_MATCH_1 IN_LIST pure_libc)
        set(ok TRUE)
      endif()
      foreach(prefix IN LISTS inside)
        if(header MATCHES "^${prefix}/")
          set(ok TRUE)
        endif()
      endforeach()
      foreach(prefix IN LISTS outside)
        if(prefix STREQUAL "*posix*")
          # Any system header but those of libraries, which are named one by one.
          if(line MATCHES "<" AND NOT header MATCHES
             "^(zmq|cmark|sqlite3|sodium|protobuf|curses|ncurses|microhttpd|jansson|csv|utf8proc)")
            set(ok TRUE)
          endif()
        elseif(header STREQUAL prefix OR header MATCHES "^${prefix}/")
          set(ok TRUE)
        endif()
      endforeach()
      if(NOT ok)
        file(RELATIVE_PATH shown "${ROOT}" "${source}")
        string(APPEND failures "  ${shown} may not include ${header}\n")
      endif()
    endforeach()
  endforeach()
endforeach()
if(failures)
  message(FATAL_ERROR "Layer rules broken (see docs/architecture.md):\n${failures}")
endif()
