# EMBEDDED_FILES as bytes in the program, and embedded_files.h with where they lie.

set(EMBEDDED_SOURCE ${CMAKE_CURRENT_BINARY_DIR}/embedded_files.S)
set(declarations "")
set(rows "")
set(sections "")
set(number 0)
foreach(file ${EMBEDDED_FILES})
  get_filename_component(name ${file} NAME)
  math(EXPR number "${number} + 1")
  string(APPEND declarations "extern \"C\" const char embedded_${number}[], embedded_end_${number}[];\n")
  string(APPEND rows "    {\"${name}\", embedded_${number}, embedded_end_${number}},\n")
  string(APPEND sections ".section .rodata.embedded_${number}, \"a\"\n.balign 4\n.global embedded_${number}\n"
      "embedded_${number}:\n.incbin \"${file}\"\n.global embedded_end_${number}\nembedded_end_${number}:\n.byte 0\n.balign 4\n")
endforeach()
file(CONFIGURE OUTPUT ${EMBEDDED_SOURCE} CONTENT "${sections}" @ONLY)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/embedded_files.h CONTENT "#pragma once
struct EmbeddedFile {
  const char *name, *begin, *end;
};
${declarations}static const EmbeddedFile EMBEDDED_FILES[] = {
${rows}};
" @ONLY)
set_property(SOURCE ${EMBEDDED_SOURCE} PROPERTY OBJECT_DEPENDS "${EMBEDDED_FILES}")
