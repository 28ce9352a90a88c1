package dev.sepconv.doctor;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kernels that PoCL keeps. It trusts them: one that is cut off, as a full disk or a machine
 * without power leaves it, ends each process that wants it, in PoCL's own code, where nobody can
 * catch it.
 */
final class PoclCache {

    private static final int BITCODE = 0xdec04342;
    private static final int ELF = 0x464c457f;

    private final Path folder;

    private PoclCache(Path folder) {
        this.folder = folder;
    }

    /** Where PoCL has it, by what it reads of the environment. */
    static PoclCache of(Map<String, String> environment) {
        String own = environment.getOrDefault("POCL_CACHE_DIR", "");
        String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
        return new PoclCache(!own.isEmpty()
                ? Path.of(own)
                : (caches.isEmpty()
                        ? Path.of(environment.getOrDefault("HOME", ""), ".cache")
                        : Path.of(caches)).resolve("pocl/kcache"));
    }

    Path folder() {
        return folder;
    }

    /** A file that can't be whole, if there is one. */
    Optional<Path> damaged() throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(PoclCache::isDamaged).findFirst();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isDamaged(Path file) {
        String name = file.getFileName().toString();
        if (!name.endsWith(".bc") && !name.endsWith(".so")) {
            return false;
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            return name.endsWith(".bc") ? !isBitcode(in) : !isLibrary(in);
        } catch (NoSuchFileException e) {
            return false; // another process tidies up
        } catch (IOException e) {
            return true;
        }
    }

    /** Blocks from the first word on to the end, each with its length (LLVM's bitstream format). */
    private static boolean isBitcode(RandomAccessFile in) throws IOException {
        if (in.length() < 3 * Integer.BYTES || word(in, 0) != BITCODE) {
            return false;
        }
        long at = Integer.BYTES;
        while (at + 2 * Integer.BYTES <= in.length()) {
            at += 2 * Integer.BYTES
                    + Integer.BYTES * Integer.toUnsignedLong(word(in, at + Integer.BYTES));
        }
        return at == in.length();
    }

    /** An ELF file of 64 bits whose table of sections, which stands at the end, is there. */
    private static boolean isLibrary(RandomAccessFile in) throws IOException {
        if (in.length() < 64 || word(in, 0) != ELF) {
            return false;
        }
        long sections = Integer.toUnsignedLong(word(in, 40)) | (long) word(in, 44) << Integer.SIZE;
        int sizes = word(in, 58);
        return sections + (long) (sizes & 0xffff) * (sizes >>> Short.SIZE) <= in.length();
    }

    private static int word(RandomAccessFile in, long at) throws IOException {
        byte[] bytes = new byte[Integer.BYTES];
        in.seek(at);
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }
}
