from django.db import models


class Source(models.Model):
    name = models.CharField(max_length=200, unique=True)


class Photograph(models.Model):
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    name = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField(null=True)
    posted = models.DateTimeField(auto_now_add=True)
