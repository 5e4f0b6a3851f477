# dray_room(name [ROOMS room...] [LINK target...]): the static library dray_<name> of src/<name>/*.cc.
# A room without sources yet is an interface library. Files are found by name, so a new file needs no edit here.
# app/main.cc belongs to the program, not to the room.
function(dray_room name)
  cmake_parse_arguments(ARG "" "" "ROOMS;LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  set(rooms ${ARG_ROOMS})
  list(TRANSFORM rooms PREPEND dray_)
  if(sources)
    add_library(dray_${name} STATIC ${sources})
    target_link_libraries(dray_${name} PUBLIC dray_options ${rooms} ${ARG_LINK} fmt::fmt Threads::Threads)
    target_include_directories(dray_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  else()
    add_library(dray_${name} INTERFACE)
    target_link_libraries(dray_${name} INTERFACE dray_options ${rooms} ${ARG_LINK} fmt::fmt Threads::Threads)
    target_include_directories(dray_${name} INTERFACE ${PROJECT_SOURCE_DIR}/src)
  endif()
endfunction()
