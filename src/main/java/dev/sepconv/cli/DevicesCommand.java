package dev.sepconv.cli;

import dev.sepconv.Device;
import dev.sepconv.engine.Engines;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sepconv devices}. */
@Command(name = "devices",
        description = "List every engine's devices, best first, and what is missing for the other engines.")
final class DevicesCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    /** @param reason why the first of the devices is taken where none is asked for */
    private record Document(List<Device> devices, String reason, List<Engines.Missing> missing) {
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (Engines.Inventory inventory = Engines.inventory()) {
            if (json.json) {
                JsonOption.print(out,
                        new Document(inventory.devices(), inventory.reason(), inventory.missing()));
                return Failure.NONE;
            }
            Table table = new Table("ENGINE", "ID", "BACKEND", "KIND", ">MEMORY", "NAME");
            for (Device device : inventory.devices()) {
                table.row(device.engine(), device.id(), device.backend(), device.kind(),
                        "%.1f GiB".formatted(device.memoryBytes() / 0x1p30), device.name());
            }
            table.print(out);
            out.println();
            out.println("taken where none is asked for: %s: %s"
                    .formatted(inventory.devices().getFirst().id(), inventory.reason()));
            for (Engines.Missing missing : inventory.missing()) {
                out.println();
                out.println("no %s: %s".formatted(missing.engine(), missing.fix()));
            }
        }
        return Failure.NONE;
    }
}
