# The predefined services as text in the binary: services/*.yaml → one generated source of dray_service.
# A new file there needs no edit here.
file(GLOB service_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/services/*.yaml)
set(service_catalogue ${PROJECT_BINARY_DIR}/generated/service_catalogue.cc)
add_custom_command(
  OUTPUT ${service_catalogue}
  COMMAND ${CMAKE_COMMAND} -DOUT=${service_catalogue} "-DFILES=${service_files}"
          -P ${PROJECT_SOURCE_DIR}/cmake/embed_services.cmake
  DEPENDS ${service_files} ${PROJECT_SOURCE_DIR}/cmake/embed_services.cmake
  COMMENT "Embedding services/*.yaml"
  VERBATIM)
target_sources(dray_service PRIVATE ${service_catalogue})
