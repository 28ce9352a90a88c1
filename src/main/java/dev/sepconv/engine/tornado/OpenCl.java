package dev.sepconv.engine.tornado;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sepconv.EngineException;
import dev.sepconv.OutOfMemoryException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Set;

/**
 * The few OpenCL functions that {@link DirectLaunch} needs, of the library that TornadoVM's OpenCL
 * backend has loaded. Handles ({@code cl_mem}, {@code cl_kernel} and so on) are longs, as TornadoVM
 * gives them.
 */
final class OpenCl {

    private static final int SUCCESS = 0;
    /** CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES, CL_OUT_OF_HOST_MEMORY. */
    private static final Set<Integer> OUT_OF_MEMORY = Set.of(-4, -5, -6);
    private static final int TRUE = 1;
    private static final long MAP_READ_AND_WRITE = 1 | 2;
    private static final long READ_ONLY = 1 << 2;
    private static final long COPY_HOST_POINTER = 1 << 5;

    private static final int NATIVE_VECTOR_WIDTH_FLOAT = 0x103A;

    private static final int KERNEL_ARGUMENTS = 0x1191;
    private static final int KERNEL_PROGRAM = 0x1194;
    private static final int INVALID_ARGUMENT_VALUE = -50;
    private static final int INVALID_ARGUMENT_SIZE = -51;

    private static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup("libOpenCL.so.1",
            Arena.global());

    private static final MethodHandle CREATE_QUEUE = function("clCreateCommandQueue", JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS);
    private static final MethodHandle RELEASE_QUEUE = function("clReleaseCommandQueue", JAVA_INT,
            JAVA_LONG);
    private static final MethodHandle CREATE_BUFFER = function("clCreateBuffer", JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS);
    private static final MethodHandle RELEASE_BUFFER = function("clReleaseMemObject", JAVA_INT,
            JAVA_LONG);
    private static final MethodHandle MAP = function("clEnqueueMapBuffer", ADDRESS, JAVA_LONG,
            JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS,
            ADDRESS);
    private static final MethodHandle UNMAP = function("clEnqueueUnmapMemObject", JAVA_INT,
            JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SET_ARGUMENT = function("clSetKernelArg", JAVA_INT, JAVA_LONG,
            JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle ENQUEUE = function("clEnqueueNDRangeKernel", JAVA_INT,
            JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle CREATE_KERNEL = function("clCreateKernel", JAVA_LONG,
            JAVA_LONG, ADDRESS, ADDRESS);
    private static final MethodHandle RELEASE_KERNEL = function("clReleaseKernel", JAVA_INT,
            JAVA_LONG);
    private static final MethodHandle KERNEL_INFO = function("clGetKernelInfo", JAVA_INT, JAVA_LONG,
            JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
    private static final MethodHandle RETAIN_PROGRAM = function("clRetainProgram", JAVA_INT,
            JAVA_LONG);
    private static final MethodHandle FINISH = function("clFinish", JAVA_INT, JAVA_LONG);

    private static final MethodHandle DEVICE_INFO = function("clGetDeviceInfo", JAVA_INT, JAVA_LONG,
            JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);

    private OpenCl() {
    }

    private static MethodHandle function(String name, MemoryLayout result,
            MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(LIBRARY.findOrThrow(name),
                FunctionDescriptor.of(result, arguments));
    }

    /** How many floats a vector register of a device holds, as its driver says. */
    static int nativeFloats(long device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            check("clGetDeviceInfo", (int) DEVICE_INFO.invokeExact(device,
                    NATIVE_VECTOR_WIDTH_FLOAT, JAVA_INT.byteSize(), value, MemorySegment.NULL));
            return value.get(JAVA_INT, 0);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** A queue of its own, which runs what is enqueued in order. */
    static long createQueue(long context, long device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment error = arena.allocate(JAVA_INT);
            long queue = (long) CREATE_QUEUE.invokeExact(context, device, 0L, error);
            check("clCreateCommandQueue", error.get(JAVA_INT, 0));
            return queue;
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    static void releaseQueue(long queue) {
        try {
            check("clReleaseCommandQueue", (int) RELEASE_QUEUE.invokeExact(queue));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** A buffer that kernels only read. */
    static long createBuffer(long context, MemorySegment content) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment error = arena.allocate(JAVA_INT);
            long buffer = (long) CREATE_BUFFER.invokeExact(context, READ_ONLY | COPY_HOST_POINTER,
                    content.byteSize(), content, error);
            check("clCreateBuffer", error.get(JAVA_INT, 0));
            return buffer;
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    static void releaseBuffer(long buffer) {
        try {
            check("clReleaseMemObject", (int) RELEASE_BUFFER.invokeExact(buffer));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** Where the host sees the first bytes of a buffer; waits for what was enqueued before. */
    static MemorySegment map(long queue, long buffer, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment error = arena.allocate(JAVA_INT);
            MemorySegment mapped = (MemorySegment) MAP.invokeExact(queue, buffer, TRUE,
                    MAP_READ_AND_WRITE, 0L, bytes, 0, MemorySegment.NULL, MemorySegment.NULL,
                    error);
            check("clEnqueueMapBuffer", error.get(JAVA_INT, 0));
            return mapped.reinterpret(bytes);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    static void unmap(long queue, long buffer, MemorySegment mapped) {
        try {
            check("clEnqueueUnmapMemObject", (int) UNMAP.invokeExact(queue, buffer, mapped, 0,
                    MemorySegment.NULL, MemorySegment.NULL));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** The program that a kernel is of. */
    static long program(long kernel) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_LONG);
            check("clGetKernelInfo", (int) KERNEL_INFO.invokeExact(kernel, KERNEL_PROGRAM,
                    JAVA_LONG.byteSize(), value, MemorySegment.NULL));
            return value.get(JAVA_LONG, 0);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** Keeps a program when another gives it back. */
    static void retainProgram(long program) {
        try {
            check("clRetainProgram", (int) RETAIN_PROGRAM.invokeExact(program));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** A kernel of a program that was built, with arguments of its own. */
    static long createKernel(long program, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment error = arena.allocate(JAVA_INT);
            long kernel = (long) CREATE_KERNEL.invokeExact(program, arena.allocateFrom(name),
                    error);
            check("clCreateKernel", error.get(JAVA_INT, 0));
            return kernel;
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    static void releaseKernel(long kernel) {
        try {
            check("clReleaseKernel", (int) RELEASE_KERNEL.invokeExact(kernel));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** Makes a buffer an argument of a kernel. */
    static void setArgument(long kernel, int index, long buffer) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(JAVA_LONG, buffer);
            check("clSetKernelArg",
                    (int) SET_ARGUMENT.invokeExact(kernel, index, value.byteSize(), value));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /**
     * Makes every argument of a kernel something: a buffer where it takes one, else as many bytes
     * of local memory, else zero.
     */
    static void setAllArguments(long kernel, long buffer, long localBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            check("clGetKernelInfo", (int) KERNEL_INFO.invokeExact(kernel, KERNEL_ARGUMENTS,
                    JAVA_INT.byteSize(), count, MemorySegment.NULL));
            MemorySegment value = arena.allocateFrom(JAVA_LONG, buffer);
            MemorySegment zero = arena.allocate(JAVA_LONG);
            for (int i = 0; i < count.get(JAVA_INT, 0); i++) {
                int status = (int) SET_ARGUMENT.invokeExact(kernel, i, JAVA_LONG.byteSize(), value);
                if (status == INVALID_ARGUMENT_VALUE) {
                    status = (int) SET_ARGUMENT.invokeExact(kernel, i, localBytes,
                            MemorySegment.NULL);
                } else if (status == INVALID_ARGUMENT_SIZE) {
                    status = (int) SET_ARGUMENT.invokeExact(kernel, i, JAVA_INT.byteSize(), zero);
                }
                check("clSetKernelArg", status);
            }
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /**
     * Enqueues a kernel of two dimensions.
     *
     * @param global three {@code size_t}
     * @param local three {@code size_t}
     */
    static void enqueue(long queue, long kernel, MemorySegment global, MemorySegment local) {
        try {
            check("clEnqueueNDRangeKernel", (int) ENQUEUE.invokeExact(queue, kernel, 3,
                    MemorySegment.NULL, global, local, 0, MemorySegment.NULL, MemorySegment.NULL));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** Waits until all that was enqueued is done. */
    static void finish(long queue) {
        try {
            check("clFinish", (int) FINISH.invokeExact(queue));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    private static void check(String function, int status) {
        if (status != SUCCESS) {
            String sentence = "%s fails with OpenCL's error %d".formatted(function, status);
            throw OUT_OF_MEMORY.contains(status)
                    ? new OutOfMemoryException(sentence)
                    : new EngineException(sentence);
        }
    }

    private static RuntimeException failure(Throwable e) {
        return switch (e) {
            case Error error -> throw error;
            case RuntimeException unchecked -> unchecked;
            default -> new IllegalStateException("a native function has no checked exception", e);
        };
    }
}
