package dev.sepconv.doctor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** A native library, whose functions return an int: a status. */
final class Native {

    private final SymbolLookup symbols;

    private Native(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /** @return null if it can't be loaded */
    static Native open(String library) {
        try {
            return new Native(SymbolLookup.libraryLookup(library, Arena.global()));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Calls a function with ints, longs and segments. */
    int call(String name, Object... arguments) {
        MemoryLayout[] types = new MemoryLayout[arguments.length];
        for (int i = 0; i < types.length; i++) {
            types[i] = switch (arguments[i]) {
                case Integer number -> JAVA_INT;
                case Long number -> JAVA_LONG;
                default -> ADDRESS;
            };
        }
        MethodHandle function = Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name),
                FunctionDescriptor.of(JAVA_INT, types));
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(name + " can't be called", e);
        }
    }

    /** A text that a driver has written: up to its zero, if it has one. */
    static String text(MemorySegment bytes) {
        byte[] array = bytes.toArray(JAVA_BYTE);
        int length = 0;
        while (length < array.length && array[length] != 0) {
            length++;
        }
        return new String(array, 0, length, StandardCharsets.UTF_8).strip();
    }
}
