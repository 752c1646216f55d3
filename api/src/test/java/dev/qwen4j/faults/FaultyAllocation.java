package dev.qwen4j.faults;

import dev.qwen4j.child.CompiledLibrary;
import java.io.IOException;
import java.nio.file.Path;

/** A library to be preloaded, in whose process the n-th allocation by C++, or start of a thread, can be made to fail. */
final class FaultyAllocation {
    private FaultyAllocation() {}

    /**
     * Compiles it. {@code faults_arm(n)} has the n-th step of the calling thread fail: {@code operator new} throws, {@code pthread_create} and large
     * {@code posix_memalign}s, which are those of ggml's buffers, return an error. {@code faults_disarm()} ends that, and returns how many steps
     * there were.
     */
    static Path compile(Path library) throws IOException {
        return CompiledLibrary.ofCpp(library, """
                #define _GNU_SOURCE
                #include <cerrno>
                #include <cstdlib>
                #include <dlfcn.h>
                #include <new>
                #include <pthread.h>

                static thread_local long left;
                static thread_local long taken;
                static thread_local bool armed;

                static bool fails() {
                    if (!armed) return false;
                    taken++;
                    return --left == 0;
                }

                extern "C" void faults_arm(long n) { left = n; taken = 0; armed = true; }
                extern "C" long faults_disarm() { armed = false; return taken; }

                void * operator new(size_t size) {
                    void * memory = fails() ? nullptr : malloc(size ? size : 1);
                    if (!memory) throw std::bad_alloc();
                    return memory;
                }
                void operator delete(void * memory) noexcept { free(memory); }
                void operator delete(void * memory, size_t) noexcept { free(memory); }

                extern "C" int posix_memalign(void ** out, size_t alignment, size_t size) {
                    static const auto real = (int (*)(void **, size_t, size_t)) dlsym(RTLD_NEXT, "posix_memalign");
                    return size >= 65536 && fails() ? ENOMEM : real(out, alignment, size);
                }
                extern "C" int pthread_create(pthread_t * thread, const pthread_attr_t * attributes, void * (*body)(void *), void * argument) {
                    static const auto real = (decltype(&pthread_create)) dlsym(RTLD_NEXT, "pthread_create");
                    return fails() ? EAGAIN : real(thread, attributes, body, argument);
                }
                """);
    }
}
