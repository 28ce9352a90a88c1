package dev.sepconv.engine.tornado;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import uk.ac.manchester.tornado.api.common.Access;

/**
 * What TornadoVM's compiler makes of a task, which the driver then compiles.
 *
 * @param entryPoint its kernel's name
 * @param source OpenCL
 * @param accesses what it does with its arguments, by {@link Access#position}
 */
record Translation(String entryPoint, byte[] source, byte[] accesses) {

    /**
     * A program that the driver has built.
     *
     * @param program TornadoVM's object
     * @param handle the driver's, which is never released
     */
    record Built(Translation translation, Object program, long handle) {
    }

    static Translation of(String entryPoint, byte[] source, Access[] accesses) {
        byte[] numbers = new byte[accesses.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = accesses[i].position;
        }
        return new Translation(entryPoint, source, numbers);
    }

    Access[] argumentAccesses() {
        Access[] found = new Access[accesses.length];
        for (int i = 0; i < found.length; i++) {
            byte position = accesses[i];
            found[i] = Arrays.stream(Access.values()).filter(each -> each.position == position)
                    .findAny().orElseThrow();
        }
        return found;
    }

    /** Whether its loops end at once where the buffer with the grid's sizes holds zeros. */
    boolean isBoundByBuffer() {
        return new String(source, StandardCharsets.ISO_8859_1).contains("_kernel_context[0]");
    }

    /**
     * Has the driver compile it.
     *
     * @throws IllegalStateException if it can't
     */
    Built build(Target target) throws ReflectiveOperationException {
        Object context = Internals.call(target.handle(), "getDeviceContext");
        Object program = Internals.call(context, "createProgramWithSource", source,
                new long[]{source.length});
        Internals.call(program, "build", target.compilerFlags());
        Object status = Internals.call(program, "getStatus",
                Internals.call(context, "getDeviceId"));
        if (!status.toString().equals("CL_BUILD_SUCCESS")) {
            throw new IllegalStateException("the driver says " + status);
        }
        Object kernel = Internals.call(program, "clCreateKernel", entryPoint);
        return new Built(this, program,
                OpenCl.program((long) Internals.call(kernel, "getOclKernelID")));
    }
}
