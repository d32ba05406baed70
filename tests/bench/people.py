"""`python -m tests.bench.people`: writes the people and posts of made-up visits, so that they can be looked up."""

import django


def main() -> None:
    django.setup()
    from tests.bench.generated import POSTS, world
    from visits import names
    from visits.identity import official_uid, post_uid
    from visits.imports.titles import rank_of
    from visits.models import Official, Post
    from visits.models.copying import copy_rows
    from visits.record import OfficialRef, PostRef

    people = world().people
    copy_rows(
        Official,
        [
            {
                "uid": official_uid(OfficialRef(name=head.name, country=code)),
                "name": head.name,
                "key": names.search_key(head.name),
                "country_id": code,
            }
            for code, heads in people.items()
            for head in heads
        ],
    )
    copy_rows(
        Post,
        [
            {
                "uid": post_uid(PostRef(title=title, country=code)),
                "title": title,
                "key": names.search_key(title),
                "rank": rank_of(title, code),
                "country_id": code,
            }
            for code in people
            for title in POSTS
        ],
    )


if __name__ == "__main__":
    main()
