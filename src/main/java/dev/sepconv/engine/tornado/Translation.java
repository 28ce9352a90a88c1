package dev.sepconv.engine.tornado;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
     * What the driver has built.
     *
     * @param program TornadoVM's object; it may hold other translations too
     * @param handle the driver's, which is never released
     * @param kernel what the translation is called there
     */
    record Built(Translation translation, Object program, long handle, String kernel) {
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
     * Has the driver compile some as one program, in which those of the same name get another.
     *
     * @throws IllegalStateException if it can't
     */
    static List<Built> build(Target target, List<Translation> together)
            throws ReflectiveOperationException {
        List<String> names = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        StringBuilder all = new StringBuilder();
        for (Translation each : together) {
            String name = each.entryPoint;
            while (!taken.add(name)) {
                name = each.entryPoint + "_" + taken.size();
            }
            names.add(name);
            all.append(new String(each.source, StandardCharsets.ISO_8859_1)
                    .replaceFirst("\\bvoid " + each.entryPoint + "\\(", "void " + name + "("))
                    .append('\n');
        }
        byte[] source = together.size() == 1
                ? together.getFirst().source
                : all.toString().getBytes(StandardCharsets.ISO_8859_1);
        Object context = Internals.call(target.handle(), "getDeviceContext");
        Object program = Internals.call(context, "createProgramWithSource", source,
                new long[]{source.length});
        Internals.call(program, "build", target.compilerFlags());
        Object status = Internals.call(program, "getStatus",
                Internals.call(context, "getDeviceId"));
        if (!status.toString().equals("CL_BUILD_SUCCESS")) {
            throw new IllegalStateException("the driver says " + status);
        }
        List<Built> built = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Object kernel = Internals.call(program, "clCreateKernel", names.get(i));
            built.add(new Built(together.get(i), program,
                    OpenCl.program((long) Internals.call(kernel, "getOclKernelID")), names.get(i)));
        }
        return List.copyOf(built);
    }
}
