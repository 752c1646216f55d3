package dev.qwen4j.gguf;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * A file as it was when it was first looked at; a later look at a file that has changed since is refused.
 *
 * @param modified with the size, what tells a file from another one put in its place
 */
record GgufFile(Path path, long size, FileTime modified) {
    /** Looks at a path and refuses what is no readable regular file. */
    static GgufFile inspect(Path path) {
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                throw new GgufException(path + " is a folder. Name the .gguf file in it.");
            }
            // Opening a pipe would wait for its writer for ever, and llama.cpp must seek.
            if (!attributes.isRegularFile()) {
                throw new GgufException(path + " is not a regular file. Copy the model to a disk and name the copy.");
            }
            return new GgufFile(path, attributes.size(), attributes.lastModifiedTime());
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Opens the file for reading from its start; the caller closes the input. */
    GgufInput open() {
        try {
            return new GgufInput(this, FileChannel.open(path, StandardOpenOption.READ));
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Refuses a file that was replaced or written to after {@link #inspect}. */
    void requireUnchanged() {
        var now = inspect(path);
        if (!now.equals(this)) {
            throw new GgufException(
                    "%s has changed since it was read: it had %s bytes of %s, and has %s bytes of %s. Read it again."
                            .formatted(path, Show.number(size), modified, Show.number(now.size), now.modified));
        }
    }

    /** An exception about this file: what is wrong with it, and what to do. */
    GgufException refusal(String wrong, String next) {
        return new GgufException(path + " is not usable: " + wrong + ". " + next);
    }

    static GgufException unreadable(Path path, IOException e) {
        var message = switch (e) {
            case NoSuchFileException missing
            when Files.isSymbolicLink(path) ->
                path + " is a link to a file that does not exist. Download the model again.";
            case NoSuchFileException missing ->
                path + " does not exist. Check the path; as an absolute path it is " + path.toAbsolutePath() + ".";
            case AccessDeniedException denied ->
                path + " may not be read by this user. Give it read permission, or copy it.";
            case ClosedByInterruptException interrupted ->
                path + " was not read, as this thread was interrupted. Read it again from another thread.";
            case IOException other ->
                "%s cannot be read: %s. Check the disk or network drive that it is on.".formatted(path, other);
        };
        return new GgufException(message, e);
    }
}
