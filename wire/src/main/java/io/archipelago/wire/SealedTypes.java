package io.archipelago.wire;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells the records of a sealed interface apart by a property {@code type} with the record's name in kebab-case, so that contracts and
 * domain need no annotation.
 */
final class SealedTypes extends NopAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    private static final ClassValue<Map<String, Class<?>>> LEAVES = new ClassValue<>() {
        @Override
        protected Map<String, Class<?>> computeValue(Class<?> sealed) {
            List<NamedType> leaves = new ArrayList<>();
            collect(sealed, leaves);
            return leaves.stream().collect(Collectors.toMap(NamedType::getName, NamedType::getType));
        }
    };

    @Override
    public TypeResolverBuilder<?> findTypeResolver(MapperConfig<?> config, AnnotatedClass type, JavaType baseType) {
        if (!type.getRawType().isSealed()) {
            return super.findTypeResolver(config, type, baseType);
        }
        return new StdTypeResolverBuilder()
                .init(JsonTypeInfo.Id.NAME, null)
                .inclusion(JsonTypeInfo.As.PROPERTY)
                .typeProperty("type");
    }

    @Override
    public List<NamedType> findSubtypes(Annotated type) {
        if (!type.getRawType().isSealed()) {
            return super.findSubtypes(type);
        }
        List<NamedType> leaves = new ArrayList<>();
        collect(type.getRawType(), leaves);
        return leaves;
    }

    /** The record that a name stands for among those of a sealed interface; null if there is none. */
    static @Nullable Class<?> leaf(Class<?> sealed, String name) {
        return LEAVES.get(sealed).get(name);
    }

    private static void collect(Class<?> sealed, List<NamedType> leaves) {
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            if (permitted.isSealed()) {
                collect(permitted, leaves);
            } else {
                leaves.add(new NamedType(permitted, kebab(permitted.getSimpleName())));
            }
        }
    }

    private static String kebab(String camel) {
        return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
