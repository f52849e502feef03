"""Texts, dates, times, points in time and updates."""

from ..family import Difference, Family, Step

FAMILY = Family(
    domains=("text", "date", "time", "datetime", "update", "text_sensor"),
    steps=(
        *(
            Step(action="text.set_value", entity="Motto", data={"value": value})
            for value in ("à la bonne heure", "", "💡" * 63)
        ),
        Step(action="text.set_value", entity="Code", data={"value": "13579"}),
        Step(action="text.set_value", entity="Asked", data={"value": "who"}),
        *(
            Step(action="date.set_value", entity="Day", data={"date": day})
            for day in ("2024-02-29", "1970-01-01", "2999-12-31")
        ),
        *(
            Step(action="time.set_value", entity="Hour", data={"time": hour})
            for hour in ("00:00:00", "23:59:58")
        ),
        *(
            Step(
                action="datetime.set_value",
                entity="Moment",
                data={"datetime": moment},
            )
            for moment in ("2026-11-18T12:06:40+01:00", "2099-12-31T12:00:00+00:00")
        ),
        Step(action="update.install", entity="Firmware"),
        Step(action="update.install", entity="Hasty"),
    ),
    differences=(
        *(
            Difference(
                platform="text",
                what=what,
                entities=entities,
                why='without a pattern there is none; core says `""`',
            )
            for what, entities in (
                ("attributes.pattern", ("Motto", "Asked", "Told")),
                ("registry.capabilities", ("Motto", "Asked", "Told", "Hidden")),
            )
        ),
        Difference(
            platform="update",
            what="attributes.entity_picture",
            why="Home Assistant shows the brand of the integration",
        ),
        Difference(
            platform="update",
            what="attributes.release_url",
            entities=("Current", "Hasty", "Unknown update"),
            why='what is no address of the web is none; core says `""`',
        ),
        *(
            Difference(
                platform="update",
                what=what,
                entities=("Unknown update",),
                why="an update of which the device knows nothing yet is unknown; core "
                "shows it as installed, without versions",
            )
            for what in (
                "state",
                "attributes.installed_version",
                "attributes.latest_version",
                "attributes.title",
            )
        ),
    ),
)
