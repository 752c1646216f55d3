package dev.qwen4j.bindings.unpack;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Who may change a file: nobody but this user, or it is refused.
 *
 * <p>On Windows only the kinds of files are checked: what protects there is that the user's LOCALAPPDATA is private.
 */
final class Ownership {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final int STICKY = 01000;

    private Ownership() {}

    /** The attributes of a new folder that belongs to this user alone. */
    static FileAttribute<?>[] newFolder(Path where) {
        return posix(where)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FOLDER)}
                : new FileAttribute<?>[0];
    }

    /** The attributes of a new file that belongs to this user alone. */
    static FileAttribute<?>[] newFile(Path where) {
        return posix(where)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FILE)}
                : new FileAttribute<?>[0];
    }

    /**
     * Refuses what is not a folder that its owner alone can change.
     *
     * @param witness a file that this process has just made on the same file system: Java does not tell who the user is
     */
    static void requirePrivateFolder(Path folder, Path witness) throws IOException {
        requireFolder(folder);
        requireOwnAlone(folder);
        requireSameOwner(folder, witness);
    }

    /** Refuses what is not a folder, a link to one included. */
    static void requireFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder, NOFOLLOW_LINKS)) {
            throw refused(folder, Files.isSymbolicLink(folder) ? "is a symbolic link" : "is not a folder");
        }
    }

    /** Refuses what is not a regular file that its owner alone can change. */
    static void requirePrivateFile(Path file, Path witness) throws IOException {
        if (!Files.isRegularFile(file, NOFOLLOW_LINKS)) {
            throw refused(file, Files.isSymbolicLink(file) ? "is a symbolic link" : "is not a regular file");
        }
        requireOwnAlone(file);
        requireSameOwner(file, witness);
    }

    /**
     * Refuses a folder that somebody else could exchange for another one, by way of the folders above it.
     *
     * <p>Those may belong to root. A group may write in them if it is root's or, as with umask 002, the owner's own;
     * everybody may, where the sticky bit keeps them from each other's files.
     *
     * @param folder without links in its path
     */
    static void requireSafeAncestors(Path folder, Path witness) throws IOException {
        if (!posix(folder)) {
            return;
        }
        for (var above = folder.getParent(); above != null; above = above.getParent()) {
            var attributes = Files.readAttributes(above, PosixFileAttributes.class);
            boolean roots = Files.getAttribute(above, "unix:uid").equals(0);
            boolean sticky = ((int) Files.getAttribute(above, "unix:mode") & STICKY) != 0;
            boolean ownGroup = Files.getAttribute(above, "unix:gid").equals(0)
                    || attributes.group().getName().equals(attributes.owner().getName());
            if (!roots) {
                requireSameOwner(above, witness);
            }
            if (attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE) && !sticky) {
                throw refused(above, "can be written by everybody");
            }
            if (attributes.permissions().contains(PosixFilePermission.GROUP_WRITE) && !sticky && !ownGroup) {
                throw refused(
                        above,
                        "can be written by the group " + attributes.group().getName());
            }
        }
    }

    private static void requireOwnAlone(Path path) throws IOException {
        if (!posix(path)) {
            return;
        }
        var permissions = Files.getPosixFilePermissions(path, NOFOLLOW_LINKS);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw refused(path, "can be written by others (" + PosixFilePermissions.toString(permissions) + ")");
        }
    }

    private static void requireSameOwner(Path path, Path witness) throws IOException {
        if (!posix(path)) {
            return;
        }
        var owner = Files.getOwner(path, NOFOLLOW_LINKS);
        var user = Files.getOwner(witness, NOFOLLOW_LINKS);
        if (!owner.equals(user)) {
            throw refused(path, "belongs to " + owner.getName() + ", and this process runs as " + user.getName());
        }
    }

    private static FileSystemException refused(Path path, String why) {
        return new FileSystemException(path.toString(), null, why);
    }

    private static boolean posix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
