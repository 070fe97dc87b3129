package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.lab.LabTests.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabTestsTest {

    @TempDir
    Path folder;

    @Test
    void readsWhatBecameOfEachTest() throws IOException {
        Files.writeString(folder.resolve("TEST-junit-jupiter.xml"), """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite name="JUnit Jupiter" tests="3" skipped="1" failures="1" errors="0">
                <testcase name="works()" classname="a.VolumeLT" time="0.1"><system-out>x</system-out></testcase>
                <testcase name="breaks()" classname="a.VolumeLT" time="0.1"><failure message="m"><![CDATA[expected: 1]]></failure></testcase>
                <testcase name="waits()" classname="a.VolumeLT" time="0"><skipped/></testcase>
                </testsuite>
                """);
        Files.writeString(folder.resolve("TEST-jqwik.xml"), "<testsuite name=\"jqwik\" tests=\"0\"/>");

        assertThat(LabTests.cases(folder))
                .containsExactly(
                        new Case("a.VolumeLT.works()", Optional.empty(), false),
                        new Case("a.VolumeLT.breaks()", Optional.of("expected: 1"), false),
                        new Case("a.VolumeLT.waits()", Optional.empty(), true));
    }

    @Test
    void noTestAtAllIsAFailure() throws IOException {
        Files.writeString(folder.resolve("TEST-jqwik.xml"), "<testsuite name=\"jqwik\" tests=\"0\"/>");

        assertThatThrownBy(() -> LabTests.cases(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No test ran");
    }

    @Test
    void findsTheClassesOfAModuleThatAreForTheLab() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("target/test-classes/a/b"));
        for (String name : new String[] {"OneLT.class", "OneLT$Inner.class", "OtherTest.class", "TwoLT.class"}) {
            Files.writeString(classes.resolve(name), "");
        }

        assertThat(LabTests.classesOf(folder)).containsExactly("a.b.OneLT", "a.b.TwoLT");
    }
}
