package dev.sepconv.survey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Device;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.engine.Engines.Missing;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Surveyed;
import dev.sepconv.survey.Survey.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The survey's side of children that do what drivers make of them. */
class SurveyorTest {

    private static final Device DEVICE = new Device("tornado", "opencl:0:0", "a device", "opencl",
            "gpu", 1 << 30);
    private static final Device OTHER = new Device("simd", "simd", "CPU", "vector-api", "cpu",
            1 << 30);
    private static final Surveyor.Found FOUND = new Surveyor.Found(List.of(DEVICE, OTHER),
            List.of(), "5.2.0 with opencl", List.of(new Surveyor.Driver("opencl:0:0", "a driver")));
    private static final Duration SHORT = Duration.ofMillis(300);

    private final List<Work> work = IntStream.of(4, 5, 6, 7).mapToObj(size -> Suite
            .work(Suite.Variant.STANDARD, null, Shape.of(2, size, size), 3, 3, 1, 1, Layout.NCHW))
            .toList();
    private final List<Task> tasks = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();

    /** A child, from within. */
    private interface Behaviour {
        int run(Task task, int start, Consumer<Message> tell, Consumer<String> print)
                throws InterruptedException;
    }

    private Surveyor surveyor(Behaviour behaviour) {
        return new Surveyor((file, onLine) -> {
            Task task = Task.read(file);
            synchronized (tasks) {
                tasks.add(task);
                files.add(file);
            }
            return behaviour.run(task, tasks.size(),
                    message -> message.line().lines().forEach(onLine), onLine);
        }, new Surveyor.Limits(Duration.ofSeconds(20), SHORT), 0.1, new Progress() {
            @Override
            public void begins(String device, String what) {
                seen.add(device + " " + what);
            }

            @Override
            public void ends(Surveyed device) {
                seen.add(device.id() + " ends");
            }

            @Override
            public void done(int cells) {
                seen.add(String.valueOf(cells));
            }
        });
    }

    private static Cell ok(Work work) {
        return new Cell(work.id(), State.OK, null, List.of(), 1.0, 1.0, null, null, null, null, 1.0,
                1.0, null, 0.0);
    }

    /**
     * Does all of the task as it should, but for the work at {@code badOne}: then {@code bad} is
     * done.
     */
    private Behaviour but(int badOne, Behaviour bad) {
        return (task, start, tell, print) -> {
            if (task.peaks()) {
                tell.accept(new Message.Begun(null));
                tell.accept(new Message.PeaksMeasured(100, 10));
            }
            for (Work each : task.work()) {
                tell.accept(new Message.Begun(each.id()));
                if (task.device().equals(DEVICE.id()) && each.equals(work.get(badOne))) {
                    return bad.run(task, start, tell, print);
                }
                tell.accept(new Message.Done(ok(each)));
            }
            return 0;
        };
    }

    private List<Surveyed> survey(Behaviour behaviour) throws IOException {
        List<Surveyed> surveyed = surveyor(behaviour).survey(FOUND, List.of(DEVICE, OTHER), work);
        // whatever happened: every cell is there, in order, the other device is as it should be,
        // and no file is left
        surveyed.forEach(device -> assertEquals(work.stream().map(Work::id).toList(),
                device.cells().stream().map(Cell::work).toList()));
        assertTrue(surveyed.getLast().cells().stream().allMatch(cell -> cell.state() == State.OK),
                surveyed.toString());
        files.forEach(file -> assertFalse(Files.exists(file)));
        return surveyed;
    }

    private static void assertStates(Surveyed device, State... states) {
        assertEquals(Arrays.asList(states), device.cells().stream().map(Cell::state).toList());
    }

    @Test
    void everyDeviceDoesAllOfTheWork() throws IOException {
        List<Surveyed> surveyed = survey(but(0, (task, start, tell, print) -> {
            task.work().forEach(each -> {
                tell.accept(new Message.Begun(each.id()));
                tell.accept(new Message.Done(ok(each)));
            });
            return 0;
        }));
        Surveyed device = surveyed.getFirst();
        assertEquals("a driver", device.driver());
        assertEquals(100, device.gflopsPeak());
        assertEquals(10, device.bandwidthPeak());
        assertNull(device.error());
        assertNull(surveyed.getLast().driver());
        assertEquals(2, tasks.size());
        assertEquals(List.of("8", "simd ends"), seen.subList(seen.size() - 2, seen.size()));
        assertTrue(seen.contains("opencl:0:0 " + work.get(2).id()), seen.toString());
    }

    @Test
    void aCrashCostsTheCellThatItHappensIn() throws IOException {
        Surveyed device = survey(but(1, (task, start, tell, print) -> {
            print.accept("# A fatal error has been detected by the Java Runtime Environment:");
            print.accept("#  SIGSEGV (0xb) at pc=0x00007f, pid=1, tid=2");
            print.accept("# Core dump will be written.");
            return 139;
        })).getFirst();
        assertStates(device, State.OK, State.FAILED, State.OK, State.OK);
        assertEquals(
                "its process was ended by signal 11 (a crash): SIGSEGV (0xb) at pc=0x00007f, pid=1, tid=2",
                device.cells().get(1).error());
        assertEquals(State.OK, device.state());
        assertEquals(work.subList(2, 4), tasks.get(1).work());
        assertFalse(tasks.get(1).peaks(), "they are measured");
        assertEquals(100, device.gflopsPeak());
    }

    @Test
    void aDeviceThatGoesOnCrashingIsGivenUp() throws IOException {
        Behaviour crash = (task, start, tell, print) -> {
            tell.accept(new Message.Begun(task.work().getFirst().id()));
            print.accept("clBuildProgram: internal compiler error");
            return 134;
        };
        Surveyed device = surveyor(
                (task, start, tell, print) -> crash.run(task, start, tell, print))
                .survey(FOUND, List.of(DEVICE), work).getFirst();
        assertStates(device, State.FAILED, State.FAILED, State.FAILED, State.NOT_RUN);
        assertEquals(State.FAILED, device.state());
        assertEquals(
                "3 processes in turn were lost; of the last: its process was ended by signal 6 (abort): clBuildProgram: internal compiler error",
                device.error());
        assertEquals("not run: " + device.error(), device.cells().getLast().error());
        assertNull(device.gflopsPeak());
    }

    @Test
    void aHangIsStopped() throws IOException {
        boolean[] killed = {false};
        Surveyed device = survey(but(2, (task, start, tell, print) -> {
            try {
                Thread.sleep(Duration.ofHours(1));
            } finally {
                killed[0] = true;
            }
            return 0;
        })).getFirst();
        assertStates(device, State.OK, State.OK, State.TIMED_OUT, State.OK);
        assertEquals("it took longer than 0 s and was stopped", device.cells().get(2).error());
        assertTrue(killed[0]);
    }

    @Test
    void rubbishIsPassedOver() throws IOException {
        List<Surveyed> surveyed = survey((task, start, tell, print) -> {
            print.accept("[TornadoVM-OCL-JNI] ERROR");
            print.accept(Message.MARK + "{\"message\":\"done\"");
            print.accept(Message.MARK + "{\"message\":\"unheard\"}");
            tell.accept(new Message.Done(ok(work.getLast())));
            tell.accept(new Message.Begun("no work of ours"));
            tell.accept(new Message.Listed(List.of()));
            print.accept("\u0000\u0001" + Message.MARK);
            return but(0, (same, again, told, printed) -> {
                task.work().forEach(each -> {
                    print.accept("driver: " + new Message.Begun(each.id()).line().strip());
                    tell.accept(new Message.Done(null));
                    tell.accept(new Message.Done(ok(each)));
                });
                return 0;
            }).run(task, start, tell, print);
        });
        assertStates(surveyed.getFirst(), State.OK, State.OK, State.OK, State.OK);
        assertEquals(2, tasks.size());
    }

    @Test
    void memoryThatRunsOutIsSaidToBeThat() throws IOException {
        Surveyed device = survey(but(3, (task, start, tell, print) -> {
            print.accept("java.lang.OutOfMemoryError: Cannot reserve direct buffer memory");
            return 1;
        })).getFirst();
        assertStates(device, State.OK, State.OK, State.OK, State.OUT_OF_MEMORY);
        assertEquals(
                "its process ended with exit code 1: java.lang.OutOfMemoryError: Cannot reserve direct buffer memory",
                device.cells().getLast().error());
        assertEquals(State.OK, device.state());
    }

    @Test
    void aDeviceThatCannotBeOpenedSaysWhy() throws IOException {
        Surveyed device = survey((task, start, tell, print) -> {
            if (task.device().equals(DEVICE.id())) {
                tell.accept(new Message.Refused("there is no such device any more"));
                return 0;
            }
            return but(0, (same, again, told, printed) -> 0).run(task, start, tell, print);
        }).getFirst();
        assertStates(device, State.NOT_RUN, State.NOT_RUN, State.NOT_RUN, State.NOT_RUN);
        assertEquals(State.FAILED, device.state());
        assertEquals("there is no such device any more", device.error());
    }

    @Test
    void whatCannotBeStartedIsReported() throws IOException {
        Surveyor surveyor = new Surveyor((file, onLine) -> {
            throw new IOException("error=12, Cannot allocate memory");
        }, new Surveyor.Limits(SHORT, SHORT), 0.1, new Progress() {
            @Override
            public void begins(String device, String what) {
                // of no interest
            }

            @Override
            public void ends(Surveyed device) {
                // of no interest
            }

            @Override
            public void done(int cells) {
                // of no interest
            }
        });
        Surveyed device = surveyor.survey(FOUND, List.of(DEVICE), work).getFirst();
        assertEquals(State.FAILED, device.state());
        assertEquals(
                "3 processes in turn were lost; of the last: no process could be started for it: error=12, Cannot allocate memory",
                device.error());
    }

    @Test
    void anInterruptKeepsWhatIsDone() throws IOException {
        Surveyor[] surveyor = new Surveyor[1];
        boolean[] killed = {false};
        surveyor[0] = surveyor(but(1, (task, start, tell, print) -> {
            surveyor[0].interrupt();
            try {
                Thread.sleep(Duration.ofHours(1));
            } finally {
                killed[0] = true;
            }
            return 0;
        }));
        List<Surveyed> surveyed = surveyor[0].survey(FOUND, List.of(DEVICE, OTHER), work);
        assertStates(surveyed.getFirst(), State.OK, State.NOT_RUN, State.NOT_RUN, State.NOT_RUN);
        assertEquals("not run: interrupted", surveyed.getFirst().cells().get(1).error());
        assertEquals(State.OK, surveyed.getFirst().state());
        assertEquals(State.NOT_RUN, surveyed.getLast().state());
        assertStates(surveyed.getLast(), State.NOT_RUN, State.NOT_RUN, State.NOT_RUN,
                State.NOT_RUN);
        assertTrue(killed[0]);
        assertEquals(1, tasks.size());
    }

    @Test
    void findsDevicesInAChildAndSaysWhatIsMissing() throws IOException {
        Surveyor.Found found = surveyor((task, start, tell, print) -> {
            tell.accept(
                    new Message.Listed(List.of(new Message.Found(DEVICE, "a driver", "5.2.0"))));
            return 0;
        }).find(List.of("tornado", "simd"));
        assertEquals(DEVICE, found.devices().getFirst());
        assertEquals("simd", found.devices().getLast().engine());
        assertEquals("5.2.0 with opencl", found.tornadoVm());
        assertEquals(List.of(new Surveyor.Driver(DEVICE.id(), "a driver")), found.drivers());
        assertEquals(List.of(), found.missing());

        found = surveyor((task, start, tell, print) -> {
            tell.accept(new Message.Refused("no TornadoVM here"));
            return 0;
        }).find(List.of("tornado"));
        assertEquals(List.of(new Missing("tornado", "no TornadoVM here")), found.missing());

        found = surveyor((task, start, tell, print) -> 139).find(List.of("tornado", "simd"));
        assertEquals(List.of(new Missing("tornado",
                "looking for its devices failed, its process was ended by signal 11 (a crash); check the drivers")),
                found.missing());
        assertEquals(1, found.devices().size());
    }
}
