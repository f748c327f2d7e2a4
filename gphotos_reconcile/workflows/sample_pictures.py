"""The pictures and films of the sample: what is seen, with which camera, and when."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from gphotos_reconcile.media.sample_files import Form, Print
from gphotos_reconcile.media.sample_scenes import Shot
from gphotos_reconcile.workflows.sample_roles import (
    CANON,
    FINE_FILE,
    IPHONE,
    PIXEL,
    SONY,
    Picture,
    film_of,
    picture_of,
)

ALPS = picture_of("alpine_lake", CANON, "2019-07-14T09:12:31+02:00", exposure=Fraction(1, 320))
QUAY = picture_of("harbour_houses", PIXEL, "2022-05-21T16:40:02.417+02:00", place=(55.68, 12.59))
CAKE = picture_of("birthday_cake", IPHONE, "2021-11-06T18:05:44.120+01:00", iso=800)
MEADOW = picture_of("meadow", CANON, "2019-06-02T11:25:10+02:00", place=(47.42, 10.98))
BALLOONS = picture_of("balloons", SONY, "2020-09-12T07:31:55.230+02:00", iso=160)
DUNES = picture_of("dunes", SONY, "2018-02-23T17:48:09.050+00:00", FINE_FILE, place=(31.15, -3.97))
TREE = picture_of("autumn_tree", IPHONE, "2020-10-18T14:02:27.881+02:00", FINE_FILE)
CITRUS = picture_of("citrus", PIXEL, "2023-01-29T13:11:38.602+01:00", FINE_FILE)
BEACH = picture_of("beach_from_above", SONY, "2021-08-09T12:55:16.300+02:00", place=(39.54, 2.72))
COFFEE = picture_of("coffee", IPHONE, "2022-03-13T10:20:05.744+01:00", iso=64)
DAISY = picture_of("daisy", CANON, "2019-05-18T15:33:20+02:00", exposure=Fraction(1, 640))
FRUIT = picture_of("still_life", SONY, "2020-12-20T15:09:51.470+01:00", iso=400)
BOATS = picture_of("sail_boats", PIXEL, "2021-06-12T10:15:01.100+02:00", gull_at=0.2)
BOATS_2 = picture_of(
    "sail_boats", PIXEL, "2021-06-12T10:15:01.400+02:00", gull_at=0.26, shot_seed=1
)
BOATS_3 = picture_of(
    "sail_boats", PIXEL, "2021-06-12T10:15:01.700+02:00", gull_at=0.32, shot_seed=2
)
BOATS_4 = replace(BOATS_3, shot=replace(BOATS_3.shot, shot_seed=3, gull_at=0.6))
BRIDGE = picture_of("suspension_bridge", CANON, "2018-09-30T19:22:14+02:00")
BRIDGE_DARK = picture_of(
    "suspension_bridge", CANON, "2018-09-30T19:22:15+02:00", exposure_ev=-1.7, shot_seed=1
)
BRIDGE_LIGHT = picture_of(
    "suspension_bridge", CANON, "2018-09-30T19:22:16+02:00", exposure_ev=1.3, shot_seed=2
)
FOREST = picture_of("misty_forest", IPHONE, "2023-10-07T08:14:49.015+02:00", place=(48.51, 8.21))
HEIC = Print(form=Form.HEIC, quality=50)
LIVE_ID = "6B1F8C52-0D1E-4B57-9F0A-3C55A9E7D210"
CABIN = picture_of(
    "winter_cabin", IPHONE, "2022-12-28T16:31:07.209+01:00", HEIC, live_identifier=LIVE_ID
)
CABIN_FILM = film_of(
    "winter_cabin", "2022-12-28T16:31:06+01:00", live_identifier=LIVE_ID,
    width_px=640, height_px=480, duration_s=1.5,
)  # fmt: skip
LIVE_ID_2 = "C9D02E7B-41A6-4F33-8E57-70B1D9A4562F"
PEBBLES = picture_of(
    "pebbles", IPHONE, "2023-07-16T17:02:55.930+02:00", HEIC, live_identifier=LIVE_ID_2
)
PEBBLES_FILM = replace(
    film_of("pebbles", "2023-07-16T17:02:54+02:00", live_identifier=LIVE_ID_2, duration_s=1.5),
    width_px=640,
    height_px=480,
)
WAVE_FILM = film_of(
    "sea_sunset", "2022-03-05T14:22:33+01:00", width_px=640, height_px=480, duration_s=1.5
)
WAVE = replace(picture_of("sea_sunset", PIXEL, "2022-03-05T14:22:33.123+01:00"), film=WAVE_FILM)
REGATTA = film_of("sail_boats", "2021-06-12T10:20:11+02:00", duration_s=3.0)
BALLOON_FILM = film_of("balloons", "2020-09-13T07:40:30+02:00", duration_s=5.0)
SKY_FILM = film_of("alpine_lake", "2019-07-15T09:30:02+02:00", duration_s=3.0)
LOST_FILM = film_of("harbour_houses", "2022-05-22T17:01:45+02:00", duration_s=3.0)
RAW = picture_of(
    "canyon", SONY, "2023-04-11T11:47:23.640-07:00", Print(form=Form.DNG, long_edge_px=1024)
)
NIGHT = picture_of("skyline_night", SONY, "2020-01-17T20:45:12.080+01:00", iso=1600)
PAPER = picture_of("letter", PIXEL, "2020-08-03T09:58:31.555+02:00")
STARS = picture_of("milky_way", SONY, "2023-04-12T22:18:40.310-07:00", iso=6400, grain=0.016)
RED_ROCK = picture_of("canyon", SONY, "2023-04-12T10:05:37.820-07:00", place=(36.1, -112.11))
FACE = picture_of("portrait", PIXEL, "2022-06-19T18:44:03.260+02:00", size_px=(1224, 1632))
FIREWORKS = picture_of("fireworks", PIXEL, "2024-01-01T00:06:52.902+01:00", iso=640)
AURORA = picture_of("aurora", PIXEL, "2023-08-14T20:11:54.491+00:00", iso=3200, grain=0.012)
SHELF = picture_of("bookshelf", CANON, "2018-11-25T12:30:00+01:00", iso=1600)
SUNSET = picture_of("sea_sunset", CANON, "2019-08-20T20:31:48+02:00", place=(48.63, -4.56))
LIGHTS = picture_of("bokeh_lights", IPHONE, "2021-12-18T19:14:09.377+01:00", iso=1250)
CHAT_SHOT = Shot(scene="chat_screen", scene_seed=5, size_px=(828, 1792), grain=0.0)
CHAT = Picture(
    shot=CHAT_SHOT,
    notes=None,
    how=Print(form=Form.PNG),
    saved_at=datetime.fromisoformat("2022-10-28T09:31:43+00:00"),
)
CHAT_2 = replace(CHAT, shot=replace(CHAT_SHOT, scene_seed=8))
BLACK = picture_of("inside_a_pocket", IPHONE, "2021-02-11T08:03:19.664+01:00", grain=0.004)
GREY = picture_of("flat_sky", PIXEL, "2022-02-08T15:26:12.018+01:00")
