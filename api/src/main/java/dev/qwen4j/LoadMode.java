package dev.qwen4j;

/** How a model's weights come from the file into memory; {@code llama_load_mode} in llama.h. */
public enum LoadMode {
    /** Chosen by llama.cpp for the devices in use; mostly {@link #MMAP}. */
    AUTO,
    /** Read into memory of the process. */
    READ,
    /**
     * Mapped: pages come as they are needed, and are shared by all processes that map the file. On Linux a file that is cut short or written over while it
     * is mapped makes every later call a {@link ModelFileChangedException}; elsewhere it ends the process, as it does any program. Replace model files by
     * renaming, which disturbs nobody, or use {@link #READ} for files that others write.
     */
    MMAP,
    /** Read, and locked into memory. */
    MLOCK,
    /** Mapped, and locked into memory. */
    MMAP_MLOCK,
    /** Read past the operating system's cache, where that is possible. */
    DIRECT_IO
}
