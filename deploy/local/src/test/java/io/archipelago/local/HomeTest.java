package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is whose: a directory that somebody names as home may hold anything, under any name. */
class HomeTest {

    private static final List<String> NAMES_LIKE_OURS =
            List.of("data/thesis", "log/diary.log", "run/sshd.pid", "run/state.json", "secrets.json", "endpoints.json");

    @TempDir
    Path directory;

    private Home foreign;
    private Context context;

    @BeforeEach
    void fillADirectoryWithNamesLikeOurs() throws IOException {
        foreign = new Home(directory.resolve("foreign"));
        for (String name : NAMES_LIKE_OURS) {
            Path file = foreign.root().resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "theirs");
        }
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        context = Context.of(
                Map.of(Home.VARIABLE, foreign.root().toString()), new Installation(directory), nowhere, nowhere);
    }

    @Test
    void keepsNothingInADirectoryOfSomebodyElse() {
        assertThatThrownBy(() -> foreign.create())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds files that are not of Archipelago")
                .hasMessageContaining("VC_HOME");
        assertThatThrownBy(() -> UpCommand.run(context, List.of())).hasMessageContaining("not of Archipelago");
        assertThat(theirs()).isEqualTo(NAMES_LIKE_OURS);
    }

    @Test
    void removesNothingFromADirectoryOfSomebodyElse() throws Exception {
        DownCommand.run(context, List.of());
        assertThatThrownBy(() -> DownCommand.run(context, List.of("--purge")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was not made by Archipelago");
        assertThat(theirs()).isEqualTo(NAMES_LIKE_OURS);
    }

    @Test
    void removesAllThatItMadeAndThatOnly() throws IOException {
        // Given
        Home home = new Home(directory.resolve("ours"));
        home.create();
        home.create();
        Files.writeString(home.data("postgres"), "data");

        // When
        home.purge();

        // Then
        assertThat(home.root()).doesNotExist();
        home.purge();
    }

    @Test
    void takesAnEmptyDirectory() throws IOException {
        Home home = new Home(Files.createDirectory(directory.resolve("empty")));

        home.create();

        assertThat(home.isOurs()).isTrue();
    }

    @Test
    void leavesTheLaboratorysDirectoryAlone() throws IOException {
        Home home = new Home(directory.resolve("shared"));
        Path lab = Files.createDirectories(home.root().resolve("lab/images"));

        home.create();
        home.purge();

        assertThat(lab).exists();
        assertThat(home.root()).isDirectoryNotContaining(entry -> !entry.endsWith("lab"));
        home.create();
    }

    @Test
    void takesNoFileForADirectory() throws IOException {
        Home home = new Home(Files.createFile(directory.resolve("file")));

        assertThatThrownBy(home::create).isInstanceOf(IOException.class).hasMessageContaining("file");
    }

    private List<String> theirs() {
        return NAMES_LIKE_OURS.stream()
                .filter(name -> Files.exists(foreign.root().resolve(name)))
                .toList();
    }
}
