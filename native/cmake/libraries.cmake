# Private names, one regular file a library, found only through $ORIGIN.
#
# glibc satisfies a dependency by its SONAME from whatever the process has loaded already, RTLD_LOCAL or not: with llama.cpp's own names another
# llama binding in the same JVM, or a second version of this one, would get mixed in. So the names carry ours and our version. Jars hold no
# symbolic links, so there is no versioned chain either.
set(QWEN4J_LIB_DIR "${CMAKE_BINARY_DIR}/lib")

function(qwen4j_ship target name)
    set_target_properties(${target} PROPERTIES
        OUTPUT_NAME "${name}"
        LIBRARY_OUTPUT_DIRECTORY "${QWEN4J_LIB_DIR}"
        BUILD_WITH_INSTALL_RPATH ON
        INSTALL_RPATH "\$ORIGIN")
    set_property(TARGET ${target} PROPERTY VERSION)
    set_property(TARGET ${target} PROPERTY SOVERSION)
endfunction()

set(QWEN4J_SHIPPED ggml-base ggml llama llama-common mtmd)
foreach (target IN LISTS QWEN4J_SHIPPED)
    qwen4j_ship(${target} "qwen4j-${target}-${QWEN4J_VERSION}")
endforeach()

# Backends: linked ones are dependencies like the others; loadable ones (GGML_BACKEND_DL) keep ggml's names, and the shim opens them by full path.
get_property(_backends DIRECTORY "${LLAMA_CPP_SOURCE}/ggml/src" PROPERTY BUILDSYSTEM_TARGETS)
get_property(_subdirs DIRECTORY "${LLAMA_CPP_SOURCE}/ggml/src" PROPERTY SUBDIRECTORIES)
foreach (dir IN LISTS _subdirs)
    get_property(_more DIRECTORY "${dir}" PROPERTY BUILDSYSTEM_TARGETS)
    list(APPEND _backends ${_more})
endforeach()
list(FILTER _backends INCLUDE REGEX "^ggml-")
list(REMOVE_ITEM _backends ggml-base)
foreach (target IN LISTS _backends)
    get_target_property(type ${target} TYPE)
    if (type STREQUAL "SHARED_LIBRARY")
        qwen4j_ship(${target} "qwen4j-${target}-${QWEN4J_VERSION}")
        list(APPEND QWEN4J_SHIPPED ${target})
    elseif (type STREQUAL "MODULE_LIBRARY")
        qwen4j_ship(${target} "${target}")
        list(APPEND QWEN4J_SHIPPED ${target})
    endif()
endforeach()
