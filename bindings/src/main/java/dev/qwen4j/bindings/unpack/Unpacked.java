package dev.qwen4j.bindings.unpack;

import java.nio.file.Path;
import java.util.List;

/**
 * A folder that holds exactly the files of a source, verified, and that only this user can change.
 *
 * @param folder absolute; not to be changed or deleted by the caller
 * @param refused places that could not be used instead, each with the reason; empty if the cache was used
 */
public record Unpacked(Path folder, List<String> refused) {
    /** Keeps its own copy of the list. */
    public Unpacked {
        refused = List.copyOf(refused);
    }
}
