# One command for a cluster of unlike nodes: a program for every processor of SYMBREAK_MARCH, and
# `symbreak`, which starts the best one that the machine it is on can run (launcher.c).
include(ExternalProject)
add_executable(symbreak cluster/launcher.c)
target_compile_definitions(symbreak PRIVATE
                           SYMBREAK_LIBEXEC="../${CMAKE_INSTALL_LIBEXECDIR}/symbreak")
install(TARGETS symbreak RUNTIME)
set(before)
foreach(processor ${SYMBREAK_MARCH})
  ExternalProject_Add(${processor}
    SOURCE_DIR ${PROJECT_SOURCE_DIR}
    BINARY_DIR ${PROJECT_BINARY_DIR}/${processor}
    CMAKE_CACHE_ARGS -DSYMBREAK_MARCH:STRING=${processor} -DSYMBREAK_TESTS:BOOL=OFF
                     -DSYMBREAK_WERROR:BOOL=${SYMBREAK_WERROR}
                     -DCMAKE_BUILD_TYPE:STRING=${CMAKE_BUILD_TYPE}
    BUILD_COMMAND ${CMAKE_COMMAND} --build . --target symbreak
    INSTALL_COMMAND ${CMAKE_COMMAND} -E copy symbreak
                    ${PROJECT_BINARY_DIR}/symbreak-${processor}
    BUILD_ALWAYS ON USES_TERMINAL_BUILD ON DEPENDS ${before})
  set(before ${processor})  # one after the other: each build uses all cores
  install(PROGRAMS ${PROJECT_BINARY_DIR}/symbreak-${processor}
          DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/symbreak)
endforeach()
