// The files that models have mapped into memory, watched: a file that is cut short under its mapping raises SIGBUS where its weights are read, which
// would end the process.
#pragma once

#include <memory>

namespace qwen4j {

// The mapped files of one model.
class __attribute__((visibility("default"))) MappedFiles {
  public:
    MappedFiles();
    ~MappedFiles();
    MappedFiles(const MappedFiles &) = delete;
    MappedFiles & operator=(const MappedFiles &) = delete;

    // What is mapped by this thread as long as it exists belongs to the files given.
    class __attribute__((visibility("default"))) Collecting {
      public:
        explicit Collecting(MappedFiles & files);
        ~Collecting();

      private:
        MappedFiles * outer_;
    };

    enum class State {
        INTACT,
        SHORTENED,  // weights were read that the file does not have any more, or the device did not give; zeros came instead
        CHANGED,    // its size or time of modification is another one than when it was mapped
    };

    // Asks the operating system about each file: some 0.3 microseconds.
    State state() const;

    struct File;

  private:
    friend struct MappedFilesAccess;
    struct Content;
    std::unique_ptr<Content> content_;
};

}  // namespace qwen4j
