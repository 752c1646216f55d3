// Whether the files that a model has mapped are still what they were.
#pragma once

#include "mapped_files.h"
#include "qwen4j.h"

namespace qwen4j {

// False, with the reason in *error, where a file of the model was shortened or changed since it was loaded: what was computed since may be wrong.
bool files_intact(const llama_model * model, qwen4j_error * error);

// The model's files, watched from now on. They are forgotten before the model is freed, since another one may then have its address, and outlive it:
// it has them mapped until then.
void                         keep_files(const llama_model * model, std::unique_ptr<MappedFiles> files);
std::unique_ptr<MappedFiles> forget_files(const llama_model * model);

// Tells *error about files in a bad state; false if there is something to tell.
bool intact(const MappedFiles & files, qwen4j_error * error);

}  // namespace qwen4j
