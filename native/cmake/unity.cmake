# Unity builds where they were measured to help (2 cores: common 75 s instead of 200, mtmd 47 s instead of 120). llama has its own; ggml-rpc breaks.
# The excluded files define names that others use too.
set_target_properties(llama-common mtmd PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
set_source_files_properties("${LLAMA_CPP_SOURCE}/common/json.cpp"
    TARGET_DIRECTORY llama-common PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
set_source_files_properties("${LLAMA_CPP_SOURCE}/tools/mtmd/mtmd-helper.cpp" "${LLAMA_CPP_SOURCE}/tools/mtmd/mtmd-helper-gen.cpp"
    TARGET_DIRECTORY mtmd PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
