package dev.sepconv.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.OptionalInt;

/** How wide text may be. */
final class Terminal {

    /** What is taken where there is no terminal. */
    static final int USUAL = 80;
    private static final int NARROWEST = 60;
    /** Longer lines are hard to read. */
    private static final int WIDEST = 160;

    /** The request that asks for a terminal's size: on Linux, and on macOS. */
    private static final long SIZE_LINUX = 0x5413;
    private static final long SIZE_MAC = 0x40087468;

    private Terminal() {
    }

    /**
     * Columns for help: what the variable COLUMNS says, else the terminal that stdout is, else
     * {@value #USUAL}; within what help can be read in.
     *
     * @param stdout the number under which stdout is open
     */
    static int columns(Map<String, String> environment, int stdout) {
        OptionalInt said = number(environment.getOrDefault("COLUMNS", ""));
        return Math.clamp((said.isPresent() ? said : ofTerminal(stdout)).orElse(USUAL), NARROWEST,
                WIDEST);
    }

    private static OptionalInt number(String text) {
        return text.matches("[1-9]\\d{0,6}")
                ? OptionalInt.of(Integer.parseInt(text))
                : OptionalInt.empty();
    }

    /** Empty where that is no terminal, or one that doesn't know its size. */
    private static OptionalInt ofTerminal(int file) {
        long request = System.getProperty("os.name").startsWith("Mac") ? SIZE_MAC : SIZE_LINUX;
        try (Arena arena = Arena.ofConfined()) {
            Linker linker = Linker.nativeLinker();
            // rows, columns, and both in pixels
            MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            int result = (int) linker.downcallHandle(linker.defaultLookup().findOrThrow("ioctl"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
                    Linker.Option.firstVariadicArg(2)).invokeExact(file, request, size);
            int columns = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1));
            return result == 0 && columns > 0 ? OptionalInt.of(columns) : OptionalInt.empty();
        } catch (Throwable e) {
            throw new IllegalStateException("the terminal can't be asked for its size", e);
        }
    }
}
