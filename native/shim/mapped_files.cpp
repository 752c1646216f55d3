// See mapped_files.h. Part of libllama, whose linker sends its mmap and munmap here (--wrap, CMakeLists.txt): so exactly llama.cpp's mappings are known,
// from the moment they exist. Java's own mappings of the same file, and everybody else's, stay what they are.
#include "mapped_files.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
extern "C" void * __real_mmap(void * address, size_t length, int protection, int flags, int fd, off_t offset);
extern "C" int    __real_munmap(void * address, size_t length);
extern "C" void * __wrap_mmap(void * address, size_t length, int protection, int flags, int fd, off_t offset);
extern "C" int    __wrap_munmap(void * address, size_t length);
#endif

namespace qwen4j {

struct MappedFiles::File {
    int                 fd = -1;  // ours: llama.cpp closes its own after loading
    struct stat         was {};
    std::atomic<bool> * shortened = nullptr;
};

struct MappedFiles::Content {
    mutable std::mutex                 mutex;
    std::vector<std::unique_ptr<File>> files;
    std::atomic<bool>                  shortened{ false };
};

struct MappedFilesAccess {
    static MappedFiles::File * add(MappedFiles & files, int fd) {
        auto file       = std::make_unique<MappedFiles::File>();
        file->shortened = &files.content_->shortened;
        file->fd        = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        if (file->fd < 0 || fstat(file->fd, &file->was) != 0) {
            return nullptr;
        }
        std::lock_guard<std::mutex> lock(files.content_->mutex);
        files.content_->files.push_back(std::move(file));
        return files.content_->files.back().get();
    }
};

namespace {

thread_local MappedFiles * collecting = nullptr;

// A mapped piece of a file. A signal handler reads the list, so nodes are never freed, and used again.
struct Piece {
    std::atomic<uintptr_t>           begin{ 0 };
    std::atomic<uintptr_t>           end{ 0 };
    uintptr_t                        start_of_file = 0;
    std::atomic<MappedFiles::File *> file{ nullptr };  // null: unused
    Piece *                          next = nullptr;
};

std::atomic<Piece *> pieces{ nullptr };
std::mutex           changing_pieces;

uintptr_t page_size() {
    static const uintptr_t size = (uintptr_t) sysconf(_SC_PAGESIZE);
    return size;
}

void add_piece(uintptr_t begin, uintptr_t end, uintptr_t start_of_file, MappedFiles::File * file) {
    Piece * piece = pieces.load();
    while (piece && piece->file.load()) {
        piece = piece->next;
    }
    const bool fresh = !piece;
    if (fresh) {
        piece       = new Piece();
        piece->next = pieces.load();
    }
    piece->start_of_file = start_of_file;
    piece->begin.store(begin);
    piece->end.store(end);
    piece->file.store(file);
    if (fresh) {
        pieces.store(piece);
    }
}

// llama.cpp gives back the parts of a file that it copied to a GPU.
void forget(uintptr_t begin, uintptr_t end) {
    std::lock_guard<std::mutex> lock(changing_pieces);
    for (Piece * piece = pieces.load(); piece; piece = piece->next) {
        MappedFiles::File * file = piece->file.load();
        const uintptr_t     from = piece->begin.load();
        const uintptr_t     to   = piece->end.load();
        if (!file || end <= from || to <= begin) {
            continue;
        }
        if (begin <= from && to <= end) {
            piece->file.store(nullptr);
        } else if (begin <= from) {
            piece->begin.store(end);
        } else {
            piece->end.store(begin);
            if (end < to) {
                add_piece(end, to, piece->start_of_file, file);
            }
        }
    }
}

// ---- The signal ------------------------------------------------------------------------------------------------------------------------------

#if defined(__linux__)

struct sigaction previous;

// Zeros take the place of what the file has lost, so that the read goes on; whoever computes with them is told afterwards. Only system calls here.
bool fill_with_zeros(uintptr_t address) {
    for (Piece * piece = pieces.load(); piece; piece = piece->next) {
        MappedFiles::File * file = piece->file.load();
        if (!file || address < piece->begin.load() || address >= piece->end.load()) {
            continue;
        }
        const uintptr_t page = page_size();
        uintptr_t       from = address & ~(page - 1);
        uintptr_t       to   = from + page;  // one that a broken device did not give
        struct stat     now;
        if (fstat(file->fd, &now) == 0) {
            const uintptr_t end_of_file = piece->start_of_file + (((uintptr_t) now.st_size + page - 1) & ~(page - 1));
            if (from >= end_of_file) {
                from = std::max(end_of_file, piece->begin.load());
                to   = (piece->end.load() + page - 1) & ~(page - 1);
            }
        }
        file->shortened->store(true);
        return __real_mmap((void *) from, to - from, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
    }
    return false;
}

void on_bus_error(int number, siginfo_t * info, void * context) {
    const int before = errno;
    if (info->si_code > 0 && fill_with_zeros((uintptr_t) info->si_addr)) {
        errno = before;
        return;
    }
    errno = before;
    // Not ours: the JVM's handler, in most processes.
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(number, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(number);
    } else {
        signal(number, SIG_DFL);  // the same instruction runs again, and ends the process as it would have
    }
}

void watch_bus_errors() {
    static std::once_flag once;
    std::call_once(once, [] {
        page_size();
        sigaction(SIGBUS, nullptr, &previous);
        struct sigaction ours = previous;
        ours.sa_sigaction     = on_bus_error;
        ours.sa_flags         = previous.sa_flags | SA_SIGINFO;
        sigaction(SIGBUS, &ours, nullptr);
    });
}

#endif

}  // namespace

// ---- MappedFiles -----------------------------------------------------------------------------------------------------------------------------

MappedFiles::MappedFiles() : content_(std::make_unique<Content>()) {}

MappedFiles::~MappedFiles() {
    {
        // Nothing should be left; but a handler must never find a file that is gone.
        std::lock_guard<std::mutex> lock(changing_pieces);
        for (Piece * piece = pieces.load(); piece; piece = piece->next) {
            MappedFiles::File * file = piece->file.load();
            for (const auto & own : content_->files) {
                if (file == own.get()) {
                    piece->file.store(nullptr);
                }
            }
        }
    }
    for (const auto & file : content_->files) {
        close(file->fd);
    }
}

MappedFiles::Collecting::Collecting(MappedFiles & files) : outer_(collecting) {
    collecting = &files;
}

MappedFiles::Collecting::~Collecting() {
    collecting = outer_;
}

MappedFiles::State MappedFiles::state() const {
    if (content_->shortened.load()) {
        return State::SHORTENED;
    }
    std::lock_guard<std::mutex> lock(content_->mutex);
    for (const auto & file : content_->files) {
        struct stat now;
        if (fstat(file->fd, &now) != 0) {
            continue;
        }
        const struct stat & was = file->was;
#if defined(__APPLE__)
        const bool touched = now.st_mtimespec.tv_sec != was.st_mtimespec.tv_sec || now.st_mtimespec.tv_nsec != was.st_mtimespec.tv_nsec;
#else
        const bool touched = now.st_mtim.tv_sec != was.st_mtim.tv_sec || now.st_mtim.tv_nsec != was.st_mtim.tv_nsec;
#endif
        if (now.st_size < was.st_size) {
            return State::SHORTENED;
        }
        if (now.st_size != was.st_size || touched) {
            return State::CHANGED;
        }
    }
    return State::INTACT;
}

}  // namespace qwen4j

// ---- In place of the system calls ------------------------------------------------------------------------------------------------------------

#if defined(__linux__)

using namespace qwen4j;

extern "C" void * __wrap_mmap(void * address, size_t length, int protection, int flags, int fd, off_t offset) {
    if (!collecting || fd < 0 || !(flags & MAP_SHARED)) {
        return __real_mmap(address, length, protection, flags, fd, offset);
    }
    watch_bus_errors();
    MappedFiles::File * file = MappedFilesAccess::add(*collecting, fd);
    void * mapped = __real_mmap(address, length, protection, flags, fd, offset);
    if (mapped != MAP_FAILED && file) {
        const uintptr_t             begin = (uintptr_t) mapped;
        std::lock_guard<std::mutex> lock(changing_pieces);
        add_piece(begin, begin + length, begin - (uintptr_t) offset, file);
    }
    return mapped;
}

extern "C" int __wrap_munmap(void * address, size_t length) {
    forget((uintptr_t) address, (uintptr_t) address + length);
    return __real_munmap(address, length);
}

#endif
