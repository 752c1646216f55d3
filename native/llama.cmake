# Where llama.cpp's source comes from.
#
# The npm package node-llama-cpp carries llama.cpp's whole source as a git bundle. `npm pack` fetches the tarball alone: no install, no scripts,
# and no download address in this repository. npm pack ignores lock files, so the tarball's digest stands here and is checked at every use.
#
#   LLAMA_CPP_DIR   a checkout of llama.cpp to build instead (nothing is fetched or checked)
#   LLAMA_CPP_TGZ   the same tarball, lying on this machine
#   QWEN4J_CACHE    where tarball and clone are kept (default: the user's cache folder); outlives `make clean`

set(LLAMA_CPP_COMMIT de3ff815ea7d559ee917f063901b8986f038abc6)
set(LLAMA_CPP_PACKAGE node-llama-cpp)
set(LLAMA_CPP_PACKAGE_VERSION 3.22.1)
set(LLAMA_CPP_TGZ_SHA512 6e5b488a9b9699cd76dc7eed30880318a4ac4ab866865418795502e3c5d38d55bb5c624988927209d95333343f2e25a83e4183a5c2f816f883a60c3ba9f4e20f)
set(LLAMA_CPP_BUNDLE package/llama/gitRelease.bundle)

function(qwen4j_setting name default help)
    if (NOT DEFINED ${name} AND NOT "$ENV{${name}}" STREQUAL "")
        set(default "$ENV{${name}}")
    endif()
    set(${name} "${default}" CACHE PATH "${help}")
endfunction()

if (NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
    set(_cache "$ENV{XDG_CACHE_HOME}/qwen4j-build")
else()
    set(_cache "$ENV{HOME}/.cache/qwen4j-build")
endif()
qwen4j_setting(QWEN4J_CACHE "${_cache}" "Folder for llama.cpp's source")
qwen4j_setting(LLAMA_CPP_DIR "" "A checkout of llama.cpp to build instead of the pinned one")
qwen4j_setting(LLAMA_CPP_TGZ "" "The node-llama-cpp tarball, when it must not be fetched")

# A repository that happens to enclose us (or a hook that runs us) must not redirect the clone.
function(qwen4j_git out result)
    execute_process(
        COMMAND ${CMAKE_COMMAND} -E env --unset=GIT_DIR --unset=GIT_WORK_TREE --unset=GIT_INDEX_FILE --unset=GIT_OBJECT_DIRECTORY
                --unset=GIT_ALTERNATE_OBJECT_DIRECTORIES --unset=GIT_COMMON_DIR --unset=GIT_NAMESPACE --unset=GIT_PREFIX
                --unset=GIT_CEILING_DIRECTORIES git ${ARGN}
        OUTPUT_VARIABLE text ERROR_VARIABLE error RESULT_VARIABLE code OUTPUT_STRIP_TRAILING_WHITESPACE)
    set(${out} "${text}${error}" PARENT_SCOPE)
    set(${result} "${code}" PARENT_SCOPE)
endfunction()

function(qwen4j_head dir out)
    set(head "none")
    if (EXISTS "${dir}/.git")
        qwen4j_git(head code -C "${dir}" rev-parse HEAD)
        if (NOT code EQUAL 0)
            set(head "none")
        endif()
    endif()
    set(${out} "${head}" PARENT_SCOPE)
endfunction()

function(qwen4j_check_tarball file)
    file(SHA512 "${file}" digest)
    if (NOT digest STREQUAL LLAMA_CPP_TGZ_SHA512)
        message(FATAL_ERROR "${file} is not ${LLAMA_CPP_PACKAGE} ${LLAMA_CPP_PACKAGE_VERSION}:\n  SHA-512 ${digest}\n  expected ${LLAMA_CPP_TGZ_SHA512}\n"
            "Delete it and build again; if it stays so, the registry serves something else under that name.")
    endif()
endfunction()

function(qwen4j_fetch_tarball out)
    if (LLAMA_CPP_TGZ)
        if (NOT EXISTS "${LLAMA_CPP_TGZ}")
            message(FATAL_ERROR "LLAMA_CPP_TGZ names ${LLAMA_CPP_TGZ}, which does not exist.")
        endif()
        set(tarball "${LLAMA_CPP_TGZ}")
    else()
        set(tarball "${QWEN4J_CACHE}/${LLAMA_CPP_PACKAGE}-${LLAMA_CPP_PACKAGE_VERSION}.tgz")
        if (NOT EXISTS "${tarball}")
            message(STATUS "Fetching ${LLAMA_CPP_PACKAGE}@${LLAMA_CPP_PACKAGE_VERSION} (35 MB)")
            string(RANDOM LENGTH 8 suffix)
            set(incoming "${QWEN4J_CACHE}/incoming-${suffix}")
            file(MAKE_DIRECTORY "${incoming}")
            execute_process(
                COMMAND npm pack ${LLAMA_CPP_PACKAGE}@${LLAMA_CPP_PACKAGE_VERSION} --ignore-scripts --json --pack-destination "${incoming}"
                WORKING_DIRECTORY "${incoming}" OUTPUT_QUIET ERROR_VARIABLE error RESULT_VARIABLE code)
            if (NOT code EQUAL 0)
                file(REMOVE_RECURSE "${incoming}")
                message(FATAL_ERROR "npm pack ${LLAMA_CPP_PACKAGE}@${LLAMA_CPP_PACKAGE_VERSION} failed (${code}):\n${error}\n"
                    "Without a registry: set LLAMA_CPP_TGZ to that tarball, or LLAMA_CPP_DIR to a checkout of llama.cpp ${LLAMA_CPP_COMMIT}.")
            endif()
            file(RENAME "${incoming}/${LLAMA_CPP_PACKAGE}-${LLAMA_CPP_PACKAGE_VERSION}.tgz" "${tarball}")
            file(REMOVE_RECURSE "${incoming}")
        endif()
    endif()
    qwen4j_check_tarball("${tarball}")
    set(${out} "${tarball}" PARENT_SCOPE)
endfunction()

function(qwen4j_clone target)
    qwen4j_fetch_tarball(tarball)
    string(RANDOM LENGTH 8 suffix)
    set(work "${QWEN4J_CACHE}/clone-${suffix}")
    file(MAKE_DIRECTORY "${work}")
    file(ARCHIVE_EXTRACT INPUT "${tarball}" DESTINATION "${work}" PATTERNS "${LLAMA_CPP_BUNDLE}")
    message(STATUS "Cloning llama.cpp ${LLAMA_CPP_COMMIT}")
    qwen4j_git(text code clone --quiet --config advice.detachedHead=false "${work}/${LLAMA_CPP_BUNDLE}" "${work}/llama.cpp")
    qwen4j_head("${work}/llama.cpp" head)
    if (NOT head STREQUAL LLAMA_CPP_COMMIT)
        file(REMOVE_RECURSE "${work}")
        message(FATAL_ERROR "The bundle in ${tarball} gave ${head}, not ${LLAMA_CPP_COMMIT}:\n${text}")
    endif()
    # Renamed, so that a clone that was cut short is never taken for a whole one. Another build may have been faster.
    qwen4j_head("${target}" present)
    if (NOT present STREQUAL LLAMA_CPP_COMMIT)
        file(REMOVE_RECURSE "${target}")
        file(RENAME "${work}/llama.cpp" "${target}")
    endif()
    file(REMOVE_RECURSE "${work}")
endfunction()

if (LLAMA_CPP_DIR)
    if (NOT EXISTS "${LLAMA_CPP_DIR}/include/llama.h")
        message(FATAL_ERROR "LLAMA_CPP_DIR names ${LLAMA_CPP_DIR}, which holds no include/llama.h.")
    endif()
    get_filename_component(LLAMA_CPP_SOURCE "${LLAMA_CPP_DIR}" ABSOLUTE)
else()
    if (LLAMA_CPP_TGZ)
        qwen4j_check_tarball("${LLAMA_CPP_TGZ}")
    elseif (EXISTS "${QWEN4J_CACHE}/${LLAMA_CPP_PACKAGE}-${LLAMA_CPP_PACKAGE_VERSION}.tgz")
        qwen4j_check_tarball("${QWEN4J_CACHE}/${LLAMA_CPP_PACKAGE}-${LLAMA_CPP_PACKAGE_VERSION}.tgz")
    endif()
    set(LLAMA_CPP_SOURCE "${QWEN4J_CACHE}/llama.cpp-${LLAMA_CPP_COMMIT}")
    qwen4j_head("${LLAMA_CPP_SOURCE}" _head)
    if (NOT _head STREQUAL LLAMA_CPP_COMMIT)
        qwen4j_clone("${LLAMA_CPP_SOURCE}")
    endif()
endif()

# Read by bindings/jextract.sh.
set(LLAMA_CPP_SOURCE "${LLAMA_CPP_SOURCE}" CACHE INTERNAL "The llama.cpp that is built")
